"""``kaigo-gateway reader`` as others script against it: exit codes, JSON alone on stdout, the contract."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from card_rig import CONTACT, CONTACTLESS, State
from kaigo_card_reader.card._facts import JPKI
from kaigo_card_reader.sandbox._personas import my_number_card, pin_of

START = "from kaigo_gateway.cli import main; main()"


def call(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", START, "--lang", "en", "reader", *arguments]
    return subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=120, check=False
    )


def report(*arguments: str, **environment: str):
    done = call("check", "--json", *arguments, **environment)
    document = json.loads(done.stdout)
    assert done.stdout.isascii()
    assert document["schema"] == "kaigo-gateway/report/1"
    return done, document, {result["check_id"]: result for result in document["results"]}


@pytest.fixture
def no_service(tmp_path):
    return {"PCSCLITE_CSOCK_NAME": str(tmp_path / "nothing")}


@pytest.mark.cardstack
def test_a_healthy_reader_is_exit_code_0_and_the_report_follows_the_contract(rig):
    rig.place()
    done, document, results = report(CONTACT)
    assert (done.returncode, document["overall"]) == (0, "ok")
    assert set(results) == {"reader.service", "reader.exercise", "reader.card"}
    result = results["reader.exercise"]
    assert result["subject"] == CONTACT
    assert result["evidence"]["tries_left"] == {"auth": 3, "sign": 5, "text": 3}
    assert result["plugin"]["name"] == "card_reader"
    assert [phase["name"] for phase in result["phases"]][:2] == ["state", "connect"]


@pytest.mark.cardstack
def test_no_card_is_exit_code_1_with_remedy_and_actor(rig):
    done, document, results = report(CONTACT)
    assert (done.returncode, document["overall"]) == (1, "fail")
    assert results["reader.exercise"]["reason_code"] == "READER_NO_CARD"
    assert results["reader.exercise"]["remedy"]["actor"] == "supporter"
    assert results["reader.exercise"]["remedy"]["steps"]


@pytest.mark.cardstack
def test_a_notice_about_the_card_is_exit_code_0(rig):
    pin_of(rig.place(), JPKI, 0x001B).left = 0
    done, document, results = report(CONTACT)
    assert (done.returncode, document["overall"]) == (0, "warn")
    assert results["reader.card"]["reason_code"] == "CARD_SIGN_PIN_LOCKED"


@pytest.mark.cardstack
def test_part_of_a_name_chooses_a_reader_and_all_are_taken_without_one(rig):
    rig.place()
    rig.place(reader=CONTACTLESS)
    assert {result["subject"] for result in report("contactless")[1]["results"]} >= {CONTACTLESS}
    subjects = {r["subject"] for r in report()[1]["results"] if r["check_id"] == "reader.exercise"}
    assert subjects == {CONTACT, CONTACTLESS}


@pytest.mark.cardstack
def test_a_name_that_is_not_there_says_what_is(rig):
    done, _, results = report("Toaster")
    assert done.returncode == 1
    assert results["reader.service"]["reason_code"] == "READER_NOT_LISTED"
    assert CONTACT in results["reader.service"]["message"]
    assert "*" not in results["reader.service"]["message"]


@pytest.mark.cardstack
def test_the_list_names_readers_states_and_models(rig):
    rig.place()
    done = call("list", "--json")
    rows = {row["name"]: row for row in json.loads(done.stdout)["readers"]}
    assert done.returncode == 0
    assert "present" in rows[CONTACT]["states"]
    assert rows[CONTACT]["compatible"] == "unknown"
    assert CONTACT in call("list").stdout


@pytest.mark.cardstack
def test_repeat_adds_the_stress_result(rig):
    rig.place()
    _, _, results = report(CONTACT, "--repeat", "5")
    assert results["reader.stress"]["evidence"]["cycles"] == 5


@pytest.mark.cardstack
def test_a_recording_replays_to_the_same_report_without_any_reader(rig, tmp_path, no_service):
    rig.place(my_number_card())
    path = str(tmp_path / "recording.json")
    _, _, live = report(CONTACT, "--record", path)
    done, _, replayed = report("--replay", path, **no_service)
    assert done.returncode == 0
    for check_id in ("reader.exercise", "reader.card"):
        assert replayed[check_id]["reason_code"] == live[check_id]["reason_code"]
        assert replayed[check_id]["seen"] == live[check_id]["seen"]


@pytest.mark.cardstack
def test_nothing_of_the_certificate_but_its_month_leaves_the_command(rig):
    card = rig.place()
    rig.wait(CONTACT, State.PRESENT)
    done, _, _ = report(CONTACT)
    from cryptography import x509

    certificate = x509.load_der_x509_certificate(card.applications[JPKI][0x000A].data)
    for secret in (
        f"{certificate.serial_number:x}",
        str(certificate.serial_number),
        "HOLDER",
        "SIMULATED auth",
    ):
        assert secret not in done.stdout + done.stderr
    assert (
        f"{certificate.not_valid_after_utc:%Y-%m-%d}" not in done.stdout
    )  # the day is the holder's birthday


def test_without_a_service_both_commands_say_so_with_exit_code_1(no_service):
    pytest.importorskip("smartcard", reason="pyscard is not installed")
    done, _, results = report(**no_service)
    assert (done.returncode, results["reader.service"]["reason_code"]) == (1, "READER_SERVICE_DOWN")
    listed = call("list", "--json", **no_service)
    assert listed.returncode == 1
    assert json.loads(listed.stdout)["results"][0]["reason_code"] == "READER_SERVICE_DOWN"


def test_a_recording_that_is_none_is_exit_code_2_and_one_sentence(tmp_path):
    path = tmp_path / "x.json"
    path.write_text("{}")
    done = call("check", "--replay", str(path))
    assert (done.returncode, done.stdout) == (2, "")
    assert "is not a reader recording" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_recording_that_cannot_be_written_is_exit_code_3(tmp_path, no_service):
    pytest.importorskip("smartcard", reason="pyscard is not installed")
    done = call("check", "--record", str(tmp_path / "no" / "x.json"), **no_service)
    assert done.returncode == 3
    assert "cannot be written" in done.stderr


@pytest.mark.parametrize(
    "arguments", [["check", "--repeat", "0"], ["check", "--limit", "0"], ["list", "--watch", "-1"]]
)
def test_wrong_use_is_exit_code_2(arguments):
    assert call(*arguments).returncode == 2
