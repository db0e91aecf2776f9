"""Where files come from: folders, archives good and evil, and several processes."""

from __future__ import annotations

import io
import os
import struct
import sys
import zipfile

import pytest
from careplan_workshop import Sending, check_bytes, codes, correct
from kaigo_careplan_link.files import Checking, _tally, options_for, validate
from kaigo_gateway.errors import InputError


def zipped(path, files, **how):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data, **how)
    return path


def test_a_zip_of_one_sending_is_checked_like_its_folder(tmp_path):
    sending = Sending("home-2")

    report = validate(zipped(tmp_path / "sending.zip", sending.files), "strict")

    assert codes(report) == set()
    assert [unit.unit for unit in report.units] == ["home-2"]
    assert all("sending.zip/UP" in file.path for file in report.files)


def test_folders_inside_a_zip_are_said_and_their_files_checked(tmp_path):
    files = {f"送信/{name}": data for name, data in Sending("home-2").files.items()}

    report = validate(zipped(tmp_path / "x.zip", files))

    assert codes(report) == {"INPUT_ZIP_FOLDER"}
    assert [unit.unit for unit in report.units] == ["home-2"]


def test_a_member_name_that_leaves_the_archive_is_not_read(tmp_path):
    report = validate(zipped(tmp_path / "x.zip", {"../" + name: b"" for name in Sending("home-4").files}))

    assert codes(report) == {"INPUT_ZIP_FOLDER", "INPUT_ZIP_PATH"}


def test_a_zip_bomb_is_judged_before_it_is_unpacked(tmp_path):
    name = next(iter(Sending("home-4").files))
    report = validate(zipped(tmp_path / "x.zip", {name: bytes(40_000_000)}))

    assert codes(report) == {"INPUT_ZIP_BOMB"}


def test_an_archive_that_claims_to_unpack_to_more_than_the_limit_is_refused(tmp_path):
    path = zipped(tmp_path / "x.zip", dict.fromkeys(Sending("home-2").files, b"x" * 100))
    data = bytearray(path.read_bytes())
    at = 0
    while (at := data.find(b"PK\x01\x02", at)) >= 0:
        data[at + 24 : at + 28] = struct.pack("<I", 0xFFFFFFF0)  # the size that the directory claims
        at += 4
    path.write_bytes(data)

    assert codes(validate(path)) == {"INPUT_ZIP_BOMB"}


def test_a_member_that_lies_about_its_size_is_broken_not_endless(tmp_path):
    sending = Sending("home-4")
    path = zipped(tmp_path / "x.zip", sending.files)
    data = bytearray(path.read_bytes())
    at = data.find(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 7)
    path.write_bytes(data)

    assert "INPUT_ZIP_BROKEN" in codes(validate(path))


def test_an_encrypted_zip_is_said(tmp_path):
    path = zipped(tmp_path / "x.zip", Sending("home-4").files)
    data = bytearray(path.read_bytes())
    data[data.find(b"PK\x03\x04") + 6] |= 1
    data[data.find(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)

    assert codes(validate(path)) == {"INPUT_ZIP_ENCRYPTED"}


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip at all", b"PK\x05\x06" + b"\xff" * 18])
def test_what_only_calls_itself_zip_is_a_finding(tmp_path, content):
    (tmp_path / "x.zip").write_bytes(content)

    assert codes(validate(tmp_path)) == {"INPUT_ZIP_BROKEN"}


def test_every_byte_of_an_archive_may_be_damaged_without_an_exception(tmp_path):
    path = zipped(tmp_path / "x.zip", Sending("home-4").files)
    good = path.read_bytes()
    for at in range(len(good)):
        path.write_bytes(good[:at] + bytes([good[at] ^ 0xFF]) + good[at + 1 :])
        validate(path)
        path.write_bytes(good[:at])
        validate(path)


def test_member_names_from_japanese_windows_are_readable(tmp_path):
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("X" * 6 + "/" + next(iter(Sending("home-4").files)), b"")
    data = raw.getvalue().replace(b"X" * 6, "見本様".encode("cp932"))
    (tmp_path / "x.zip").write_bytes(data)

    assert any("見本様/DLTPLAN" in file.path for file in validate(tmp_path).files)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a user whom permissions stop")
def test_a_file_without_permission_is_a_finding(tmp_path):
    path = correct("home-4", tmp_path)[0]
    path.chmod(0)

    assert codes(validate(tmp_path)) == {"INPUT_UNREADABLE"}


def test_a_file_that_vanishes_while_it_is_checked_is_a_finding(tmp_path):
    path = correct("home-4", tmp_path)[0]
    checking = Checking([tmp_path], options_for())
    path.unlink()

    [(files, _)] = list(checking)

    assert [f.code for f in files[0].findings] == ["INPUT_UNREADABLE"]


def test_a_path_that_does_not_exist_and_an_empty_folder_are_wrong_use(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        validate(tmp_path / "nowhere")
    with pytest.raises(InputError, match="no file to check"):
        validate(tmp_path)


@pytest.mark.parametrize(
    ("profile", "rules"), [("loose", {}), ("standard", {"NO_SUCH": "off"}), ("standard", {"CHAR_NUL": "no"})]
)
def test_unknown_profiles_rules_and_severities_are_wrong_use(tmp_path, profile, rules):
    correct("home-4", tmp_path)

    with pytest.raises(InputError):
        validate(tmp_path, profile, rules=rules)


def test_several_processes_give_the_same_report_in_the_same_order(tmp_path):
    for index in range(12):
        correct(
            ("home-2", "home-1", "service-1")[index % 3],
            tmp_path / str(index),
            stamp=f"202612{index + 10}101500",
        )
    (tmp_path / "3" / "notes.txt").write_text("x")

    alone, together = validate(tmp_path), validate(tmp_path, jobs=2)

    assert together.as_dict("en") == alone.as_dict("en")
    assert len(together.units) == 12


def test_an_archive_is_opened_once_for_all_its_members_and_then_closed(tmp_path, monkeypatch):
    path = zipped(tmp_path / "x.zip", Sending("home-2").files)
    opened = []

    class Counted(zipfile.ZipFile):
        def __init__(self, *words, **how):
            opened.append(self)
            super().__init__(*words, **how)

    monkeypatch.setattr(zipfile, "ZipFile", Counted)
    validate(path)

    assert len(opened) == 2  # the directory, then the members
    assert all(archive.fp is None for archive in opened)


def test_progress_counts_every_file(tmp_path):
    correct("home-2", tmp_path)
    correct("home-4", tmp_path, stamp="20261226101500")
    seen = []

    validate(tmp_path, progress=lambda done, total: seen.append((done, total)))

    assert seen == [(3, 4), (4, 4)]


def test_units_come_in_the_order_of_import(tmp_path):
    for stamp in ("20261227000000", "20261225000000", "20261226000000"):
        correct("home-4", tmp_path / stamp, stamp=stamp)

    assert [unit.serial[:8] for unit in validate(tmp_path).units] == ["20261225", "20261226", "20261227"]


def test_more_users_than_are_remembered_are_said_and_the_comparison_is_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(_tally, "MAX_KEYS", 3)
    correct("home-2", tmp_path, people=5)

    report = validate(tmp_path, "strict")

    assert codes(report) == {"FILE_TOO_MANY_USERS"}


def test_a_record_beyond_the_limit_is_one_finding():
    sending = Sending("home-4")
    name = sending.name("DLTPLAN")

    report = check_bytes(name, sending.files[name] + b"9" * 2_000_000)

    assert [f.code for f in report.findings] == ["CSV_RECORD_TOO_LONG"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_memory_stays_flat_over_a_long_file(tmp_path):
    import tracemalloc

    from kaigo_careplan_link.files._check import check_stream
    from kaigo_careplan_link.files._options import Options

    sending = Sending("service-1")
    name = sending.name("UPJSK")
    piece = sending.files[name] * 100

    class Long:
        def __init__(self, pieces):
            self.left = pieces

        def read(self, _size):
            self.left -= 1
            return piece if self.left >= 0 else b""

    peaks = []
    for pieces in (10, 60):
        tracemalloc.start()
        check_stream(name, Long(pieces), Options(), alone=True)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[1] < peaks[0] * 1.2
