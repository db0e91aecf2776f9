"""A ledger that cannot be used: one clear sentence, exit code 3, nothing half-written."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile

import pytest
from core_kit import lines_of

FILL = """
import asyncio, sys
from kaigo_gateway.errors import GatewayError
from kaigo_gateway.ledger import Entry, Ledger, SetupHead, verify

async def main(url, count):
    async with Ledger(url) as ledger:
        head = SetupHead("1370000001", "x", True, {"site": {}, "base": "."})
        await ledger.create("S1", head, [Entry("setup.opened", "1", {"site": {}})])
        claimed = await ledger.claim("S1")
        before = claimed.count
        try:
            for number in range(before, before + int(count)):
                await claimed.append([Entry("note", str(number), {"text": "x" * 20000})])
        except GatewayError as error:
            print("refused after", claimed.count, error.exit_code, error.text("en"))
        if count == "0":
            found = await verify(ledger, {})
            print("verified", found.records, found.intact)

asyncio.run(main(*sys.argv[1:]))
"""
SCRIPT = """
set -e
mount -t tmpfs -o size=1500k tmpfs "$2"
"$1" -c "$3" "sqlite+aiosqlite:///$2/ledger.db" 500
mount -o remount,size=30m "$2"
sleep 0.1
"$1" -c "$3" "sqlite+aiosqlite:///$2/ledger.db" 0
"""


def may_mount() -> bool:
    if os.name != "posix" or os.geteuid() != 0 or shutil.which("unshare") is None:
        return False
    tried = ["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", tempfile.gettempdir()]
    return subprocess.run(tried, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not may_mount(), reason="needs the right to mount a small disk")
def test_a_full_disk_is_said_and_what_was_recorded_stays(tmp_path):
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", SCRIPT, "sh", sys.executable, tmp_path, FILL],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    refused, verified = done.stdout.splitlines()
    assert "The disk is full" in refused, done.stderr
    assert "Traceback" not in done.stderr
    words = refused.split()
    recorded, exit_code = int(words[2]), int(words[3])
    assert exit_code == 3
    assert 5 < recorded < 500
    assert verified == f"verified {recorded} True"


def listed(program, path, **more):
    return program(
        "--lang", "en", "setup", "list", KAIGO_GATEWAY_LEDGER__URL=f"sqlite+aiosqlite:///{path}", **more
    )


def assert_said(result, path, *words):
    assert (result.code, result.out) == (3, "")
    said = lines_of(result.err)
    assert len(said) == 1, result.err
    assert str(path) in said[0]
    assert any(word in said[0] for word in words), said[0]


def test_a_file_that_is_no_database_is_named_and_left_alone(program, tmp_path):
    path = tmp_path / "letter.db"
    path.write_text("Dear ledger, " * 500, "utf-8")
    assert_said(listed(program, path), path, "not a ledger")
    assert path.read_text("utf-8") == "Dear ledger, " * 500


def test_a_folder_in_place_of_the_file_is_named(program, tmp_path):
    assert_said(listed(program, tmp_path), tmp_path, "cannot be opened")


def test_a_damaged_file_is_named(program, tmp_path):
    path = tmp_path / "ledger.db"
    assert listed(program, path).code == 0
    data = bytearray(path.read_bytes())
    data[4096 : 4096 * 6] = os.urandom(4096 * 5)
    path.write_bytes(data)
    for extra in tmp_path.glob("ledger.db-*"):
        extra.unlink()
    assert_said(listed(program, path), path, "damaged", "not a ledger")


def test_a_folder_that_cannot_be_made_is_named(program):
    assert_said(listed(program, "/proc/nowhere/ledger.db"), "/proc/nowhere", "cannot be")


READ_ONLY = """
set -e
mount -t tmpfs tmpfs "$2"
"$1" --lang en setup list > /dev/null
mount -o remount,ro "$2"
exec "$1" --lang en setup list
"""


@pytest.mark.skipif(not may_mount(), reason="needs the right to mount a disk")
def test_a_write_protected_ledger_is_named(program, tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    url = f"sqlite+aiosqlite:///{folder}/ledger.db"
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", READ_ONLY, "sh", program.path, folder],
        capture_output=True, text=True, timeout=60, check=False,
        env=program.environment(KAIGO_GATEWAY_LEDGER__URL=url),
    )  # fmt: skip
    said = lines_of(done.stderr)
    assert (done.returncode, len(said)) == (3, 1), said
    assert "write-protected" in said[0] or "for writing" in said[0], said[0]
    assert str(folder) in said[0]


@pytest.mark.slow
def test_a_ledger_that_another_program_holds_is_named(program, tmp_path):
    """Another program may hold the file for longer than we wait."""
    import sqlite3

    path = tmp_path / "ledger.db"
    assert listed(program, path).code == 0
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        assert_said(listed(program, path), path, "holds the file")
    finally:
        holder.close()
