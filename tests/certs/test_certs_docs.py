"""The page about certificates speaks of what there is: codes, options, stores, the example."""

from __future__ import annotations

import re
from pathlib import Path

from certs_rig import PASSWORD
from kaigo_certs import all_texts
from kaigo_gateway.cli.cert import cert

PAGE = (Path(__file__).parents[2] / "docs" / "certificates.md").read_text(encoding="utf-8")


def test_every_code_on_the_page_exists():
    named = set(re.findall(r"`((?:CERT|VAULT|STORE|POLICY|BROWSER)_[A-Z_]+)`", PAGE))
    assert named
    assert named <= set(all_texts())


def test_every_finding_of_judging_and_proving_is_on_the_page():
    wanted = {
        c
        for c in all_texts()
        if c.startswith(("CERT_KIND_", "CERT_OFFICE_", "CERT_REVOC", "CERT_DRY", "BROWSER_"))
    }
    missing = {code for code in wanted if f"`{code}`" not in PAGE}
    assert missing <= {"BROWSER_MISSING", "BROWSER_DID_NOT_START"}


def test_every_option_on_the_page_exists_and_every_command_is_there():
    options = {option for command in cert.commands.values() for p in command.params for option in p.opts}
    assert set(re.findall(r"--[a-z][a-z0-9-]+", PAGE)) <= options
    for name in cert.commands:
        assert f"kaigo-gateway cert {name}" in PAGE


def test_the_example_runs(rig, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "client.p12").write_bytes(rig.p12())
    program = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1].replace('"password"', f'"{PASSWORD}"')
    exec(program, {})
    assert "CERT_OFFICE_MATCH" in capsys.readouterr().out
    assert (tmp_path / "vault" / "vault.json").exists()
