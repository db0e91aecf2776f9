"""Settings: one file, the environment over it, secrets by reference, mistakes with their place."""

from __future__ import annotations

import pytest
from kaigo_gateway.cli.language import chosen_language
from kaigo_gateway.errors import InputError
from kaigo_gateway.model.secrets import SecretRef
from kaigo_gateway.settings import load_settings


@pytest.fixture
def file(tmp_path, monkeypatch):
    for name in ("KAIGO_GATEWAY_LANGUAGE", "KAIGO_GATEWAY_WEB__PORT", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / "kaigo-gateway.toml"
    monkeypatch.setenv("KAIGO_GATEWAY_CONFIG", str(path))
    return path


def test_without_a_file_the_defaults_hold(file):
    settings = load_settings()
    assert settings.web.host == "127.0.0.1"
    assert settings.web.port == 8720
    assert settings.ledger.url.startswith("sqlite+aiosqlite:///")


def test_the_file_is_read_and_the_environment_stands_over_it(file, monkeypatch):
    file.write_text("[web]\nport = 9000\n[plugins]\nwithout = ['acme']\n")
    assert load_settings().web.port == 9000
    monkeypatch.setenv("KAIGO_GATEWAY_WEB__PORT", "9001")
    settings = load_settings()
    assert (settings.web.port, settings.plugins.without) == (9001, ("acme",))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[web]\nprot = 1\n", "web.prot"),
        ("[web]\nport = 99999\n", "web.port"),
        ("colour = 'red'\n", "colour"),
        ("language = 'fr'\n", "language"),
        ("[vault]\npassphrase = 'plain'\n", "vault.passphrase"),
        ("[vault]\npassphrase = { '$env' = 'A', '$file' = 'b' }\n", "vault.passphrase"),
    ],
)
def test_a_wrong_setting_is_named_with_its_place(file, text, place):
    file.write_text(text)
    with pytest.raises(InputError) as caught:
        load_settings()
    assert place in caught.value.text("en")
    assert place in caught.value.text("ja")
    assert caught.value.exit_code == 2


def test_a_wrong_value_is_never_repeated_in_the_message(file):
    file.write_text("[vault]\npassphrase = 'swordfish-in-plain'\n")
    with pytest.raises(InputError) as caught:
        load_settings()
    assert "swordfish" not in caught.value.text("en")


def test_a_file_that_is_no_toml_is_named_with_line_and_column(file):
    file.write_text("[web\nport = 1\n")
    with pytest.raises(InputError, match=r"not valid TOML.*line 1"):
        load_settings()


def test_a_secret_comes_from_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("ACME_SECRET", "swordfish")
    secret = SecretRef.model_validate({"$env": "ACME_SECRET"}).resolve(tmp_path)
    assert secret.get_secret_value() == "swordfish"
    assert "swordfish" not in repr(secret)


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_a_secret_comes_from_a_file_beside_the_file_that_names_it(tmp_path, ending):
    (tmp_path / "secret.txt").write_bytes(f"sword fish {ending}".encode())
    secret = SecretRef.model_validate({"$file": "secret.txt"}).resolve(tmp_path)
    assert secret.get_secret_value() == "sword fish "


@pytest.mark.parametrize("reference", [{"$env": "ACME_NOT_SET"}, {"$file": "not-there.txt"}])
def test_a_secret_that_is_not_there_is_an_input_error(reference, tmp_path):
    with pytest.raises(InputError):
        SecretRef.model_validate(reference).resolve(tmp_path)


def test_the_language_is_taken_from_option_environment_file_and_system_in_this_order(file, monkeypatch):
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    assert chosen_language([]) == "en"
    file.write_text("language = 'ja'\n")
    assert chosen_language([]) == "ja"
    monkeypatch.setenv("KAIGO_GATEWAY_LANGUAGE", "en")
    assert chosen_language(["doctor"]) == "en"
    assert chosen_language(["--lang", "ja", "doctor"]) == "ja"
    assert chosen_language(["--lang=ja"]) == "ja"


def test_a_japanese_locale_speaks_japanese(file, monkeypatch):
    monkeypatch.setenv("LC_ALL", "ja_JP.eucJP")
    assert chosen_language([]) == "ja"


def test_the_passphrase_may_lie_in_an_accepted_key_ring_only(file, tmp_path, monkeypatch):
    """A key ring that is not on the list (here: none that works) is refused with its name, never used."""
    from kaigo_gateway._vault import passphrase_from

    file.write_text(f"[vault]\nkeyring = true\nfolder = '{tmp_path}/vault'\n")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    with pytest.raises(InputError, match="vault") as caught:
        passphrase_from(load_settings())
    assert caught.value.exit_code == 2
    assert not (tmp_path / "vault").exists()


def test_without_any_passphrase_the_sentence_names_the_ways_to_set_one(file):
    from kaigo_gateway._vault import passphrase_from

    with pytest.raises(InputError) as caught:
        passphrase_from(load_settings())
    for way in ("vault.passphrase", "vault.keyring", "KAIGO_GATEWAY_VAULT__PASSPHRASE"):
        assert way in caught.value.text("en")
