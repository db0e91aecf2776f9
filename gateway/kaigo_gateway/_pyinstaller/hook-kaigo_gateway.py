"""PyInstaller hook: what is found by entry point or read as data goes into the frozen product.

Build with ``--onedir``: ``--onefile`` unpacks to a temporary folder at each start, which antivirus programs
mind.
"""
# ruff: noqa: N999 - PyInstaller's name for a hook

from __future__ import annotations

from PyInstaller.utils.hooks import collect_data_files, collect_submodules, copy_metadata

PACKAGES = (
    "kaigo_gateway",
    "kaigo_certs",
    "kaigo_card_reader",
    "kaigo_platform_link",
    "kaigo_careplan_link",
    "kaigo_subsidy",
)

datas = copy_metadata("kaigo-gateway")
hiddenimports = ["aiosqlite", "sqlalchemy.dialects.sqlite.aiosqlite"]
for package in PACKAGES:
    datas += collect_data_files(package, include_py_files=True)
    hiddenimports += collect_submodules(package, filter=lambda name: "_pyinstaller" not in name)
