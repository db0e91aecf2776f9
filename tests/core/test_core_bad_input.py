"""Every file of ``tests/bad_input`` holds one mistake: one clear sentence, exit code 2, nothing written."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from core_kit import lines_of

FOLDER = Path(__file__).parent.parent / "bad_input"
SITES = sorted(FOLDER.glob("site-*.toml"))
SETTINGS = sorted(FOLDER.glob("settings-*.toml"))
PLACES = {
    "site-empty": "office",
    "site-not-toml": "line 3",
    "site-unknown-key": "office.nubmer",
    "site-unknown-table": "platfrom",
    "site-office-missing": "office",
    "site-office-number-too-short": "office.number",
    "site-office-number-with-letter-o": "office.number",
    "site-office-number-full-width": "office.number",
    "site-office-number-not-text": "office.number",
    "site-services-empty": "office.services",
    "site-service-not-text": "office.services",
    "site-name-empty": "office.name",
    "site-key-twice": "line 6",
    "site-schema-newer": "schema",
    "site-simulated": "simulated",
    "site-password-in-clear": "certificate.password",
    "site-password-two-sources": "certificate.password",
    "site-amount-with-comma": "expenses.0.amount",
    "site-amount-fraction": "expenses.0.amount",
    "site-date-wrong": "expenses.0.incurred_on",
    "site-date-japanese-era": "expenses.0.incurred_on",
    "site-expense-kind-unknown": "expenses.0.kind",
    "site-url-not-a-url": "platform.url",
    "site-url-ftp": "platform.url",
    "site-timeout-negative": "network.connect_timeout",
    "site-route-unknown": "careplan.route",
    "site-registration-number-without-t": "supporter.registration_number",
    "settings-unknown-key": "vault.foldr",
    "settings-passphrase-in-clear": "vault.passphrase",
    "settings-port-too-big": "web.port",
    "settings-language-unknown": "language",
    "settings-ledger-url-unknown": "mysql://",
    "settings-ledger-url-not-text": "ledger.url",
}


def one_sentence(text: str, language: str) -> str:
    """What was said, if it is one message and nothing else."""
    lines = lines_of(text)
    assert len(lines) == 1, text
    assert lines[0].startswith("[エラー] " if language == "ja" else "[ERROR] "), text
    assert "Traceback" not in text
    assert "hunter22" not in text, "a secret in a message"
    return lines[0]


@pytest.fixture
def main(tmp_path, monkeypatch, capsys):
    """The command line in this process, with an empty home."""
    from kaigo_gateway.cli import main as command_line

    for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("LANGUAGE", "")  # given back afterwards: the command line sets it

    def run(*arguments):
        with pytest.raises(SystemExit) as ended:
            command_line([str(each) for each in arguments])
        said = capsys.readouterr()
        return ended.value.code, said.out, said.err

    return run


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("path", SITES, ids=lambda path: path.stem)
def test_a_bad_site_file_is_named_with_the_place_of_its_mistake(main, tmp_path, path, language):
    code, out, err = main("--lang", language, "setup", "run", path, "--json")
    said = one_sentence(lines_of(err)[0] if path.stem == "site-empty" else err, language)
    assert (code, out) == (2, "")
    assert str(path) in said
    if language == "ja":
        assert re.search("[ぁ-ん]", said)
    else:
        assert PLACES.get(path.stem, "") in said
    assert not list(tmp_path.iterdir()), "nothing may be written for a bad site file"


def test_every_mistake_of_a_site_file_is_named_at_once(main, tmp_path):
    path = tmp_path / "site.toml"
    path.write_text(
        'programe = "x"\n[office]\nnumber = "12"\nname = ""\nservices = [11]\n[supporter]\nname = "x"\n'
        '[[expenses]]\nkind = "tea"\n'
    )
    code, _, err = main("--lang", "en", "setup", "run", path)
    said = lines_of(err)
    assert code == 2
    for place in ("office.number", "office.name", "office.services.0", "expenses.0.kind", "programe"):
        assert sum(f" {place}:" in line for line in said) == 1, place
    assert all(line.startswith("[ERROR] ") for line in said)
    assert ["Please correct" in line for line in said] == [False] * (len(said) - 1) + [True]


@pytest.mark.parametrize("path", SETTINGS, ids=lambda path: path.stem)
def test_bad_settings_are_named_with_the_place_of_their_mistake(main, monkeypatch, path):
    monkeypatch.setenv("KAIGO_GATEWAY_CONFIG", str(path))
    code, out, err = main("--lang", "en", "setup", "list")
    assert (code, out) == (2, "")
    assert PLACES.get(path.stem, str(path)) in one_sentence(err, "en")


def test_the_installed_program_says_it_the_same_way(program):
    path = FOLDER / "site-unknown-key.toml"
    result = program("setup", "run", path, "--json", LANG="ja_JP.UTF-8")
    assert "office.nubmer" in one_sentence(result.err, "ja")
    assert (result.code, result.out) == (2, "")


def test_every_file_is_used():
    assert {path.name for path in (*SITES, *SETTINGS)} == {path.name for path in FOLDER.iterdir()}
    assert set(PLACES) <= {path.stem for path in (*SITES, *SETTINGS)}


@pytest.mark.parametrize(
    ("name", "value", "place"),
    [
        ("KAIGO_GATEWAY_VAULT__PASSPHRASE", "hunter22", "vault"),
        ("KAIGO_GATEWAY_VAULT__PASSPHRASE", '{"$env": "NOT_SET_ANYWHERE"}', "NOT_SET_ANYWHERE"),
        ("KAIGO_GATEWAY_VAULT__PASSPHRASE", '{"$file": "/nowhere/secret"}', "/nowhere/secret"),
        ("KAIGO_GATEWAY_WEB__PORT", "many", "web.port"),
        ("KAIGO_GATEWAY_LEDGER__URL", "nonsense", "nonsense"),
        ("KAIGO_GATEWAY_PLUGINS__WITHOUT", "subsidy", "plugins"),
    ],
)
def test_a_bad_environment_variable_is_named(main, monkeypatch, good_site, name, value, place):
    monkeypatch.setenv(name, value)
    code, _, err = main("--lang", "en", "setup", "run", good_site)
    assert place in one_sentence(err, "en")
    assert code == 2


@pytest.fixture
def good_site(program):
    """A valid site file in the program's home; its certificate file is missing."""
    path = program.home / "site.toml"
    path.write_text(
        '[office]\nnumber = "1370000001"\nname = "x"\nservices = ["11"]\n[supporter]\nname = "y"\n'
        '[certificate]\nfile = "client.p12"\npassword = { "$env" = "P12" }\n[network]\nproxy = "none"\n',
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        (("setup", "run", "missing.toml"), "missing.toml"),
        (("setup", "run", "."), "."),
        (("setup", "show", "20260101-NONE00"), "20260101-NONE00"),
        (("setup", "confirm", "20260101-NONE00", "card"), "20260101-NONE00"),
        (("check", "platform", "--site", "missing.toml"), "missing.toml"),
        (("demo", "--fault", "nonsense"), "--fault"),
        (("nope",), "nope"),
        (("demo", "--nope"), "--nope"),
    ],
)
def test_wrong_use_names_what_is_wrong(main, arguments, place):
    code, out, err = main("--lang", "en", *arguments)
    assert (code, out) == (2, "")
    assert place in err
    assert "Traceback" not in err


PASSPHRASE = {
    "KAIGO_GATEWAY_VAULT__PASSPHRASE": '{"$env": "VAULT"}',
    "VAULT": "correct horse",
    "P12": "hunter22",
}


def test_no_passphrase_is_said_before_a_setup_is_opened(program, good_site):
    result = program("--lang", "en", "setup", "run", good_site)
    assert "vault.passphrase" in one_sentence(result.err, "en")
    assert result.code == 2
    assert program("--lang", "en", "setup", "list").out.startswith("No Setup yet")


def test_a_wrong_passphrase_is_said_before_a_setup_is_opened(program, good_site):
    program("setup", "run", good_site, **PASSPHRASE)
    result = program("--lang", "en", "setup", "run", good_site, **{**PASSPHRASE, "VAULT": "wrong horse"})
    assert "passphrase" in one_sentence(result.err, "en")
    assert result.code == 2
    assert len(lines_of(program("setup", "list").out)) == 1


@pytest.mark.parametrize(
    ("content", "password", "code"),
    [
        (None, "hunter22", "CERT_FILE_MISSING"),
        (b"", "hunter22", None),
        (b"<html>not a certificate</html>", "hunter22", None),
        ("p12", "wrong", "CERT_PASSWORD"),
        ("truncated", "hunter22", None),
        ("p12", None, "CERT_PASSWORD_VARIABLE"),
    ],
    ids=["missing", "empty", "html", "wrong_password", "truncated", "variable_not_set"],
)
def test_a_bad_certificate_is_a_result_with_a_remedy(program, good_site, tmp_path, content, password, code):
    import json

    from kaigo_gateway.sandbox import DemoAuthority

    if isinstance(content, str):
        archive = DemoAuthority(tmp_path / "ca").client_pkcs12("1370000001", "TEST", b"hunter22")
        content = archive if content == "p12" else archive[: len(archive) // 2]
    if content is not None:
        (program.home / "client.p12").write_bytes(content)
    environment = (
        {**PASSPHRASE, "P12": password} if password else {k: v for k, v in PASSPHRASE.items() if k != "P12"}
    )
    result = program("--lang", "en", "setup", "run", good_site, "--json", **environment)
    assert "Traceback" not in result.err
    report = json.loads(result.out)
    assert result.code in {1, 3}
    found = [each for each in report["results"] if each["check_id"] == "certificate.read"]
    assert found[0]["status"] == "fail"
    assert found[0]["remedy"]["steps"]
    assert "hunter22" not in result.out
    if code:
        assert found[0]["reason_code"].startswith(code)
    needing = {each["check_id"]: each["status"] for each in report["results"]}
    assert needing["certificate.install"] == "skip"


@pytest.mark.skipif(os.name != "posix", reason="POSIX paths")
def test_an_out_folder_that_cannot_be_written_is_said_before_the_work(program, good_site):
    for command in (("demo",), ("setup", "run", good_site)):
        result = program("--lang", "en", *command, "--out", "/proc/nowhere", **PASSPHRASE)
        assert "/proc/nowhere" in one_sentence(result.err, "en")
        assert (result.code, result.out) == (3, "")
    assert program("--lang", "en", "setup", "list").out.startswith("No Setup yet")
