"""What the tests of the certificate commands share: a supporter's desk."""

from __future__ import annotations

import json

import pytest
from certs_rig import OFFICE, PASSWORD, key_of
from kaigo_gateway.cli import main


class Desk:
    """A supporter's desk: files, a vault and a database, and the command line."""

    def __init__(self, rig, folder, capsys):
        self.rig, self.folder, self._capsys = rig, folder, capsys
        self.issuer = self.file("issuer.pem", rig.chain_pem)
        self.password = self.file("password", PASSWORD.encode() + b"\n")
        self.passphrase = self.file("passphrase", b"a good passphrase")
        self.database = folder / "db"

    def file(self, name, data):
        path = self.folder / name
        path.write_bytes(data)
        return path

    def p12(self, name="client.p12", **kw):
        kw.setdefault("key", key_of("p256"))
        return self.file(name, self.rig.p12(self.rig.leaf(**kw)))

    @property
    def vault(self):
        return ["--vault", self.folder / "vault", "--vault-passphrase-file", self.passphrase]

    def __call__(self, *arguments):
        """Exit code, standard output and standard error of ``kaigo-gateway cert ...``."""
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(["--lang", "en", "cert", *map(str, arguments)])
        output = self._capsys.readouterr()
        return ended.value.code, output.out, output.err

    def json(self, *arguments):
        code, out, _ = self(*arguments, "--json")
        return code, json.loads(out)

    def codes(self, *arguments):
        code, report = self.json(*arguments)
        return code, [result["reason_code"] for result in report["results"]]

    def install(self, file, *more):
        return self.codes("install", file, "--password-file", self.password, "--office", OFFICE,
                          "--issuer-file", self.issuer, *more, *self.vault)  # fmt: skip
