"""The command line's own quick reading of entry points finds what ``importlib.metadata`` finds."""

from __future__ import annotations

import importlib.metadata
import sys
import zipfile

from core_kit import distribution, good_plugin
from kaigo_gateway.cli._entry_points import entry_points
from kaigo_gateway.hookspecs import ENTRY_POINT_GROUP


def slowly():
    found = importlib.metadata.entry_points(group=ENTRY_POINT_GROUP)
    return sorted((entry.name, entry.value) for entry in found)


def test_both_ways_find_the_same(tmp_path, monkeypatch):
    assert entry_points(ENTRY_POINT_GROUP) == slowly()
    for number, folder in enumerate(("one", "two")):  # the second is shadowed: same distribution
        distribution(
            tmp_path / folder,
            "Acme-Kaigo",
            entry_points={f"acme{number}": f"acme{number}:Plugin.part"},
            modules={f"acme{number}": good_plugin("acme")},
        )
    monkeypatch.syspath_prepend(tmp_path / "two")
    monkeypatch.syspath_prepend(tmp_path / "one")
    found = entry_points(ENTRY_POINT_GROUP)
    assert found == slowly()
    assert ("acme0", "acme0:Plugin.part") in found


def test_other_groups_comments_and_extras_are_read_as_they_are_meant(tmp_path, monkeypatch):
    info = distribution(tmp_path, "acme", entry_points={}, modules={}) / "acme-1.2.dist-info"
    text = f"[other]\nx = other\n\n[{ENTRY_POINT_GROUP}]\n# y = not\nz = acme.plugin [fast]\n"
    (info / "entry_points.txt").write_text(text, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    assert ("z", "acme.plugin") in entry_points(ENTRY_POINT_GROUP)
    assert not [name for name, _ in entry_points(ENTRY_POINT_GROUP) if name in {"x", "y"}]


def test_a_zip_file_on_the_path_or_a_frozen_product_is_left_to_the_library(tmp_path, monkeypatch):
    with zipfile.ZipFile(tmp_path / "packages.zip", "w") as archive:
        archive.writestr("x.py", "")
    monkeypatch.syspath_prepend(tmp_path / "packages.zip")
    assert entry_points(ENTRY_POINT_GROUP) is None
    monkeypatch.undo()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert entry_points(ENTRY_POINT_GROUP) is None
