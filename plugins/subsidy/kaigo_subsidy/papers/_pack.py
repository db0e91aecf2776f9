"""The evidence pack: every paper and record of a Setup in one ZIP, with SHA-256 and a page to look at it."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import TYPE_CHECKING, Any, Final

from kaigo_gateway.errors import CouldNotRun, NotInstalled

from kaigo_subsidy._calendar import era_date
from kaigo_subsidy.papers._pages import render

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from kaigo_subsidy.papers._facts import Facts

MANIFEST_SCHEMA: Final = "kaigo-gateway/evidence/1"
_STAMP: Final = (1980, 1, 1, 0, 0, 0)  # the same Setup gives the same bytes
Part = tuple[str, str, "Callable[[Facts], bytes]"]
"""File name, Japanese title, renderer."""


def evidence_pack(facts: Facts, parts: Iterable[Part]) -> bytes:
    """A ZIP with the parts, ``results.json``, ``manifest.json``, ``SHA256SUMS`` and ``index.html``.

    A part whose extra is missing here, or that cannot be made, is named in the manifest with the reason.
    """
    files: dict[str, tuple[str, bytes]] = {}
    missing: list[dict[str, str]] = []
    for name, title, make in parts:
        try:
            files[name] = (title, make(facts))
        except (NotInstalled, CouldNotRun) as error:
            missing.append({"name": name, "title": title, "why": error.text("ja")})
    files["results.json"] = ("確認の結果（JSON）", _results(facts))
    manifest = _manifest(facts, files, missing)
    viewer = render("viewer.html", {"manifest": manifest, "facts": facts, "day": era_date(facts.applied_on)})
    content = {name: data for name, (_, data) in files.items()}
    content["SHA256SUMS"] = _sums(manifest)
    content["manifest.json"] = (json.dumps(manifest, ensure_ascii=False, indent=2) + "\n").encode()
    content["index.html"] = viewer
    return _zip(content)


def _manifest(
    facts: Facts, files: Mapping[str, tuple[str, bytes]], missing: list[dict[str, str]]
) -> dict[str, Any]:
    view = facts.view
    return {
        "schema": MANIFEST_SCHEMA,
        "simulated": view.simulated,
        "mark": facts.mark,
        "setup": {
            "id": view.id,
            "created_at": view.created_at,
            "sealed": view.sealed,
            "head_hash": view.head_hash,
        },
        "office": view.site.office.number,
        "files": [
            {"name": name, "title": title, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, (title, data) in sorted(files.items())
        ],
        "missing": missing,
    }


def _sums(manifest: Mapping[str, Any]) -> bytes:
    """The manifest's hashes as ``sha256sum -c SHA256SUMS`` reads them."""
    return "".join(f"{file['sha256']}  {file['name']}\n" for file in manifest["files"]).encode()


def _results(facts: Facts) -> bytes:
    results = {
        check_id: [finding.model_dump(mode="json") for finding in findings]
        for check_id, findings in sorted(facts.view.results.items())
    }
    document = {"simulated": facts.view.simulated, "mark": facts.mark, "results": results}
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _zip(content: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, data in sorted(content.items()):
            pack.writestr(zipfile.ZipInfo(name, _STAMP), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()
