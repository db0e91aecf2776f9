"""Finding any changed, missing or reordered record."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from kaigo_gateway.ledger._chain import GENESIS, canonical, record_hash, seal_hash
from kaigo_gateway.ledger._faults import LedgerFault, Verification
from kaigo_gateway.ledger._moment import moment
from kaigo_gateway.ledger._verify_claims import verify_claims

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from kaigo_gateway.ledger._ledger import Ledger
    from kaigo_gateway.ledger._records import Record
    from kaigo_gateway.ledger._rows import SetupRow


async def verify(ledger: Ledger, keys: Mapping[str, Ed25519PublicKey]) -> Verification:
    """Check every chain, every seal and every signature. ``keys`` maps key id → public key.

    All of it as it was at one moment: what is written meanwhile is no fault.
    """
    async with moment(ledger) as frozen:
        return await _verify(frozen, keys)


async def _verify(ledger: Ledger, keys: Mapping[str, Ed25519PublicKey]) -> Verification:
    faults: list[LedgerFault] = []
    seals = await ledger.seals()
    faults.extend(_check_seals(seals, keys))
    known = await ledger.ids()
    faults.extend(
        LedgerFault("SETUP_MISSING", seal["setup_id"], f"seal {seal['number']} names it")
        for seal in seals
        if seal["setup_id"] not in set(known)
    )
    total = 0
    for setup_id in known:
        records = await ledger.records(setup_id)
        total += len(records)
        try:
            row = await ledger.row(setup_id)
        except ValueError:
            faults.append(LedgerFault("SETUP_CHANGED", setup_id, "its site is no JSON"))
            continue
        faults.extend(_check_chain(row, records))
        faults.extend(_check_against_seals(row, records, seals))
    claims, entries, wrong = await verify_claims(ledger)
    return Verification(len(known), total, len(seals), (*faults, *wrong), claims, entries)


def _check_chain(row: SetupRow, records: list[Record]) -> Iterable[LedgerFault]:
    head = GENESIS
    for expected, item in enumerate(records, 1):
        place = f"{row.id} #{item.seq}"
        if item.seq != expected:
            yield LedgerFault("RECORD_MISSING", f"{row.id} #{expected}", f"followed by #{item.seq}")
            return
        if item.prev_hash != head:
            yield LedgerFault("RECORD_REORDERED", place, "does not follow the record before it")
        if not _is_canonical(item.body) or item.hash != _hash_of(item):
            yield LedgerFault("RECORD_CHANGED", place, f"{item.kind} {item.key}")
        head = item.hash
    if (row.record_count, row.head_hash) != (len(records), head):
        detail = f"{len(records)} records, {row.record_count} were written"
        yield LedgerFault("RECORD_MISSING", f"{row.id} #{len(records) + 1}", detail)
    yield from _check_document(row, records)


def _check_document(row: SetupRow, records: list[Record]) -> Iterable[LedgerFault]:
    """What a Setup's row says must be what its records hold; the row is only there to be found by."""
    opened, sealed = _last(records, "setup.opened"), _last(records, "setup.sealed")
    if opened is not None:
        site = opened["site"]
        if site != row.document.get("site"):
            yield LedgerFault("SETUP_CHANGED", row.id, "the site differs from the one recorded at the start")
        recorded = (site.get("office", {}).get("number"), site.get("office", {}).get("name"))
        if site.get("office") and recorded != (row.office_number, row.office_name):
            yield LedgerFault(
                "SETUP_CHANGED", row.id, "the office differs from the one recorded at the start"
            )
        if bool(opened.get("simulated", row.simulated)) != bool(row.simulated):
            yield LedgerFault("SETUP_CHANGED", row.id, "the mark of a simulation differs from the record")
    if sealed is not None and row.overall != sealed.get("overall"):
        yield LedgerFault("SETUP_CHANGED", row.id, "the verdict differs from the sealed one")


def _last(records: list[Record], kind: str) -> dict[str, Any] | None:
    """The last document of a kind; None where there is none or it cannot be read (named elsewhere)."""
    for item in reversed(records):
        if item.kind == kind and _is_canonical(item.body):
            document = item.document
            return document if isinstance(document, dict) else None
    return None


def _is_canonical(body: str) -> bool:
    try:
        return canonical(json.loads(body)).decode() == body
    except ValueError:
        return False


def _hash_of(item: Record) -> str:
    fields = item.row()
    fields.pop("hash")
    return record_hash(**fields)


def _check_against_seals(
    row: SetupRow, records: list[Record], seals: list[Mapping[str, Any]]
) -> Iterable[LedgerFault]:
    mine = [seal for seal in seals if seal["setup_id"] == row.id]
    for seal in mine:
        place = f"{row.id} #{seal['record_count']}"
        if seal["record_count"] > len(records):
            yield LedgerFault("RECORD_MISSING", place, f"seal {seal['number']} covers it")
        elif seal["record_count"] < 1 or records[seal["record_count"] - 1].hash != seal["head_hash"]:
            yield LedgerFault("SEAL_BROKEN", place, f"seal {seal['number']} holds another hash")
    sealed = sum(item.kind == "setup.sealed" for item in records)
    if sealed != len(mine):
        yield LedgerFault("SEAL_MISSING", row.id, f"{sealed} sealed, {len(mine)} seals")


def _check_seals(
    seals: list[Mapping[str, Any]], keys: Mapping[str, Ed25519PublicKey]
) -> Iterable[LedgerFault]:
    head = GENESIS
    for expected, seal in enumerate(seals, 1):
        place = f"seal {seal['number']}"
        if seal["number"] != expected:
            yield LedgerFault("SEAL_MISSING", f"seal {expected}", f"followed by {place}")
            return
        if seal["prev_hash"] != head:
            yield LedgerFault("SEAL_REORDERED", place, "does not follow the seal before it")
        fields = {k: seal[k] for k in ("number", "setup_id", "record_count", "head_hash", "at", "prev_hash")}
        if seal["hash"] != seal_hash(**fields):
            yield LedgerFault("SEAL_CHANGED", place, seal["setup_id"])
        yield from _check_signature(seal, keys, place)
        head = seal["hash"]


def _check_signature(
    seal: Mapping[str, Any], keys: Mapping[str, Ed25519PublicKey], place: str
) -> Iterable[LedgerFault]:
    from cryptography.exceptions import InvalidSignature  # some 6 MB that an idle service does without

    key = keys.get(seal["key_id"])
    if key is None:
        yield LedgerFault("SEAL_KEY_UNKNOWN", place, seal["key_id"])
        return
    try:
        key.verify(bytes.fromhex(seal["signature"]), bytes.fromhex(seal["hash"]))
    except (InvalidSignature, ValueError):
        yield LedgerFault("SEAL_SIGNATURE_WRONG", place, seal["setup_id"])
