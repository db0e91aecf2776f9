"""The commands cert inspect, install, list, verify and remove: words, JSON and exit codes."""

from __future__ import annotations

import json
import os
from datetime import datetime

import pytest
from certs_rig import OFFICE, have, key_of, run
from certs_server import demanding_server
from kaigo_certs import PolicyFolder, entry_for
from kaigo_certs.judging._dates import JAPAN
from kaigo_certs.proving._program import find_browser
from kaigo_certs.stores._journal import Journal

NSS = pytest.mark.skipif(not have("certutil", "pk12util"), reason="needs libnss3-tools")


def test_inspecting_a_good_file_ends_with_zero_and_one_report(desk):
    code, report = desk.json("inspect", desk.p12(), "--password-file", desk.password, "--office", OFFICE,
                             "--issuer-file", desk.issuer)  # fmt: skip
    assert code == 0
    assert report["schema"] == "kaigo-gateway/report/1"
    first = report["results"][0]
    assert first["reason_code"] == "CERT_FILE_READ"
    assert len(first["evidence"]["sha256"]) == 64
    assert all(result["message"] and "?" not in result["message"] for result in report["results"])


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"<html>", "CERT_FILE_HTML"), (b"", "CERT_FILE_EMPTY"), (b"PK\x03\x04", "CERT_FILE_ZIP")],
)
def test_an_unfit_file_ends_with_one_and_its_reason(desk, content, code):
    assert desk.codes("inspect", desk.file("x.p12", content)) == (1, [code])


def test_what_cannot_be_read_at_all_ends_with_two(desk):
    file = desk.p12()
    for arguments in (
        ["inspect", desk.folder / "missing.p12"],
        ["inspect", file, "--password-file", desk.folder / "missing"],
        ["inspect", file, "--issuer-file", desk.folder / "missing"],
        ["inspect", file, "--kinds-file", desk.file("kinds.yaml", b"- nonsense")],
        ["install", file, "--office", "12345", *desk.vault],
        ["list", *desk.vault],
        ["verify", "--office", OFFICE, *desk.vault],
        ["nonsense"],
    ):
        code, out, err = desk(*arguments)
        assert (code, out) == (2, ""), arguments
        assert err
        assert "Traceback" not in err


def test_an_unreadable_issuer_file_is_a_finding(desk):
    _, codes = desk.codes("inspect", desk.p12(), "--password-file", desk.password,
                          "--issuer-file", desk.file("bad.pem", b"nonsense"))  # fmt: skip
    assert "CERT_ISSUER_FILE_UNREADABLE" in codes


def test_a_wrong_password_is_said_without_repeating_it(desk):
    desk.password.write_bytes(b"Kanarienvogel")
    code, out, err = desk("inspect", desk.p12(), "--password-file", desk.password)
    assert code == 1
    assert "CERT_PASSWORD_WRONG" in out
    assert "Kanarienvogel" not in out + err


def test_confirmed_kinds_are_read_from_a_file(desk):
    text = "status: confirmed\nkinds:\n  - {name: 介護保険証明書, fit: true, subject: [TEST介護保険証明書]}\n"
    kinds = desk.file("kinds.yaml", text.encode())
    _, codes = desk.codes("inspect", desk.p12(), "--password-file", desk.password, "--kinds-file", kinds)
    assert "CERT_KIND_FIT" in codes


def test_installing_judges_first_and_writes_nothing_where_a_finding_fails(desk):
    code, codes = desk.install(desk.p12(start=-400, days=-2))
    assert code == 1
    assert "CERT_EXPIRED" in codes
    assert not list(desk.folder.glob("vault/identities/*/*"))


@pytest.mark.servers
@NSS
def test_the_whole_way_of_a_certificate_and_its_renewal(desk, rig):
    store = f"nss:{desk.database}"
    policies = desk.folder / "policies"
    old, new = desk.p12(days=200), desk.p12("new.p12", days=900, key=key_of("p256", 1))
    with demanding_server(rig) as (url, visitors):
        code, codes = desk.install(old, "--store", store, "--origin", url, "--policy-dir", policies)
        assert code == 0
        assert {"CERT_KEPT", "STORE_INSTALLED", "POLICY_SET"} <= set(codes)
        assert json.loads((policies / "kaigo-gateway.json").read_text())["AutoSelectCertificateForUrls"]
        code, codes = desk.install(old, "--store", store, "--origin", url, "--policy-dir", policies)
        assert {"CERT_ALREADY_KEPT", "STORE_ALREADY_INSTALLED", "POLICY_ALREADY_SET"} <= set(codes)

        assert "STORE_OLD_KEPT" in desk.install(new, "--store", store)[1]
        ca = desk.file("root.pem", rig.root.pem)
        proof = [
            "verify",
            "--office",
            OFFICE,
            "--store",
            store,
            "--url",
            url,
            "--ca-file",
            ca,
            "--proxy",
            "none",
        ]
        code, codes = desk.codes(*proof, "--remove-old", *desk.vault)
        assert code == 0, codes
        assert codes[0] == "STORE_HOLDS"
        assert codes[-1] == "STORE_REMOVED"
        assert visitors == ["TEST さくら"]
    code, listed = desk.json("list", *desk.vault)
    newest, older = listed["certificates"]
    assert (newest["days_left"], older["days_left"]) == (900, 200)
    assert desk.codes(
        "remove", "--office", OFFICE, *desk.vault, "--store", store, "--sha256", newest["sha256"][:12]
    )
    assert run("certutil", "-L", "-d", f"sql:{desk.database}").stdout.count(b"u,u,u") == 0


@pytest.mark.servers
@NSS
def test_older_certificates_stay_where_the_proof_fails(desk, rig):
    store = f"nss:{desk.database}"
    desk.install(desk.p12(days=200), "--store", store)
    desk.install(desk.p12("new.p12", days=900, key=key_of("p256", 1)), "--store", store)
    with demanding_server(rig, trusted=rig.other.pem) as (url, _):
        ca = desk.file("root.pem", rig.root.pem)
        proof = ["--store", store, "--url", url, "--ca-file", ca, "--proxy", "none", "--remove-old"]
        code, codes = desk.codes("verify", "--office", OFFICE, *proof, *desk.vault)
    assert code == 1
    assert "STORE_REMOVED" not in codes
    assert run("certutil", "-L", "-d", f"sql:{desk.database}").stdout.count(b"u,u,u") == 2


def test_the_list_has_notices_and_a_calendar(desk):
    desk.install(desk.p12(days=25))
    calendar = desk.folder / "ends.ics"
    code, listed = desk.json("list", "--ics", calendar, *desk.vault)
    assert code == 0
    assert listed["schema"] == "kaigo-gateway/certificates/1"
    assert listed["results"][0]["reason_code"] == "CERT_NOTICE"
    assert calendar.read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")
    code, out, _ = desk("list", *desk.vault)
    assert OFFICE in out


def test_of_several_certificates_one_has_to_be_named(desk):
    desk.install(desk.p12(days=200))
    desk.install(desk.p12("new.p12", days=900, key=key_of("p256", 1)))
    code, _, err = desk("remove", "--office", OFFICE, *desk.vault)
    assert code == 2
    assert "--sha256" in err


def test_without_an_office_the_one_in_the_certificate_is_taken(desk):
    given = ["--password-file", desk.password, "--issuer-file", desk.issuer, *desk.vault]
    code, codes = desk.codes("install", desk.p12(), "--fetch-issuer", *given)
    assert (code, codes[-1]) == (0, "CERT_KEPT")
    assert desk.json("list", *desk.vault)[1]["certificates"][0]["office_number"] == OFFICE
    code, _, err = desk("install", desk.p12(unit="総務部"), *given)
    assert code == 2
    assert "--office" in err


def test_a_store_that_cannot_be_used_is_named_before_anything_is_written(desk):
    code, codes = desk.install(desk.p12(), "--store", "vault", "--store", "nowhere")
    assert (code, codes) == (1, ["STORE_UNKNOWN"])
    assert not list((desk.folder / "vault" / "identities").rglob("*.json"))


def test_an_origin_wider_than_one_site_sets_no_policy(desk):
    code, _, err = desk("install", desk.p12(), "--password-file", desk.password, "--origin", "https://*",
                        "--policy-dir", desk.folder / "policies", *desk.vault)  # fmt: skip
    assert code == 2
    assert "exactly one site" in err
    assert not (desk.folder / "policies").exists()
    assert not (desk.folder / "vault").exists()


def test_an_office_number_typed_in_full_width_is_the_same_and_anything_else_is_wrong_use(desk):
    file, password = desk.p12(), ["--password-file", desk.password]
    assert (
        "CERT_OFFICE_MATCH" in desk.codes("inspect", file, *password, "--office", "１３７００００００１")[1]
    )
    code, _, err = desk("inspect", file, *password, "--office", "137")
    assert code == 2
    assert "137 is not a 事業所番号" in err


def test_the_list_shows_japanese_days_marks_what_is_in_use_and_says_what_to_do(desk):
    first, last = desk.p12("a.p12", days=300), desk.p12("b.p12", days=20)
    assert "CERT_NOT_IN_USE" not in desk.install(first)[1]
    assert "CERT_NOT_IN_USE" in desk.install(last)[1]
    code, report = desk.json("list", *desk.vault)
    ends = datetime.fromisoformat(report["certificates"][0]["not_after"]).astimezone(JAPAN).date()
    code, out, _ = desk("list", "--ics", desk.folder / "days.ics", *desk.vault)
    assert code == 0
    assert [line[0] for line in out.splitlines() if OFFICE in line and "TEST" in line] == ["*", " "]
    assert f"* {OFFICE}  {ends}" in out
    assert "days.ics" in out
    desk("remove", "--office", OFFICE, "--sha256", report["certificates"][0]["sha256"], *desk.vault)
    assert "Renew it now" in desk("list", *desk.vault)[1]


@pytest.mark.parametrize("command", ["list", "verify", "remove", "install"])
def test_whatever_is_started_next_puts_right_what_a_crash_left_anywhere(desk, command):
    desk.install(desk.p12())
    place, origin = PolicyFolder(desk.folder / "managed"), "https://web.example"
    plan = place.plan(entry_for(origin, desk.rig.leaf()[1]))
    Journal(desk.folder / "vault" / "journal").begin(f"policy:{place.name}", "policy", "f" * 64, plan)
    place.set(plan)
    more = {"list": [], "install": [desk.p12(), "--password-file", desk.password]}
    _, codes = desk.codes(command, *more.get(command, ["--office", OFFICE]), *desk.vault)
    assert "STORE_RECOVERED" in codes
    assert place.entries() == []


def test_verify_proves_the_one_that_is_named(desk):
    desk.install(desk.p12("a.p12", days=300))
    _, report = desk.json("list", *desk.vault)
    old = report["certificates"][0]["sha256"]
    desk.install(desk.p12("b.p12", days=400))
    _, found = desk.json("verify", "--office", OFFICE, "--sha256", old[:12], *desk.vault)
    assert found["results"][0]["evidence"]["sha256"] == old
    code, _, err = desk("verify", "--office", OFFICE, "--sha256", "zz", *desk.vault)
    assert code == 2
    assert old[:16] in err


def test_a_file_far_too_large_is_refused_with_its_true_size(desk):
    big = desk.folder / "big.p12"
    with big.open("wb") as file:
        file.truncate(50_000_000)
    _, report = desk.json("inspect", big)
    assert report["results"][0]["reason_code"] == "CERT_FILE_TOO_LARGE"
    assert "50000000" in report["results"][0]["message"]


def test_a_wrong_passphrase_is_one_sentence_and_ends_with_two(desk):
    desk.install(desk.p12())
    desk.passphrase.write_bytes(b"another passphrase")
    code, _, err = desk("list", *desk.vault)
    assert code == 2
    assert len(err.splitlines()) == 1
    assert "another passphrase" not in err


@pytest.mark.browser
@pytest.mark.skipif(find_browser() is None, reason="needs Chromium")
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="managed policies need root")
@NSS
def test_verify_with_a_browser_logs_in_writes_the_picture_and_retires_the_old_one(desk, rig, monkeypatch):
    home = desk.folder / "home"
    desk.database = home / ".pki" / "nssdb"
    desk.database.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(home))
    run("certutil", "-N", "--empty-password", "-d", f"sql:{desk.database}")
    ca = desk.file("root.pem", rig.root.pem)
    run("certutil", "-A", "-t", "C,,", "-n", "root", "-i", ca, "-d", f"sql:{desk.database}")
    desk.install(desk.p12(days=200), "--store", "nss")
    with demanding_server(rig) as (url, visitors):
        desk.install(desk.p12("new.p12", days=900, key=key_of("p256", 1)), "--store", "nss", "--origin", url)
        picture = desk.folder / "page.png"
        ways = ["--url", url, "--ca-file", ca, "--proxy", "none", "--browser", "--marker", "ようこそ"]
        ways += ["--screenshot", picture, "--remove-old"]
        code, codes = desk.codes("verify", "--office", OFFICE, "--store", "nss", *ways, *desk.vault)
        policy = desk.codes("remove", "--office", OFFICE, "--store", "nss", "--origin", url, *desk.vault,
                            "--sha256", newest_of(desk))  # fmt: skip
    assert code == 0, codes
    assert codes[0] == "STORE_HOLDS"
    assert codes[-2:] == ["BROWSER_LOGGED_IN", "STORE_REMOVED"]
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert set(visitors) == {"TEST さくら"}
    assert policy == (0, ["STORE_REMOVED", "POLICY_REMOVED"])


def newest_of(desk):
    return desk.json("list", *desk.vault)[1]["certificates"][0]["sha256"]


@NSS
def test_firefox_chooses_by_itself_only_where_asked_for_and_asks_again_after_removal(desk):
    profile = desk.folder / "profile"
    store, wish = ["--store", f"nss:{profile}"], ["--firefox-profile", profile]
    code, codes = desk.install(desk.p12(), *store)
    assert code == 0
    assert not (profile / "user.js").exists()
    code, codes = desk.install(desk.p12(days=1500), *store, *wish)
    assert (code, codes[-1]) == (0, "POLICY_FIREFOX_SET")
    assert "Select Automatically" in (profile / "user.js").read_text()
    sha256 = json.loads(desk("list", *desk.vault, "--json")[1])["certificates"][0]["sha256"]
    given = ["remove", "--office", OFFICE, "--sha256", sha256, *store, *wish, *desk.vault]
    code, codes = desk.codes(*given)
    assert (code, codes[-1]) == (0, "POLICY_FIREFOX_REMOVED")
    assert not (profile / "user.js").exists()


@NSS
def test_a_folder_that_is_no_firefox_profile_is_a_finding(desk):
    code, codes = desk.install(desk.p12(), "--firefox-profile", desk.folder / "empty")
    assert (code, codes[-1]) == (1, "POLICY_FILE")
