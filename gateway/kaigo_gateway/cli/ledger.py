"""``kaigo-gateway ledger``: look for tampering, deliver messages."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from kaigo_gateway.cli._open import open_gateway
from kaigo_gateway.cli.toolkit import finish, json_option, print_json, run_async, say
from kaigo_gateway.i18n import N_, gettext
from kaigo_gateway.model.reasons import fill

if TYPE_CHECKING:
    from kaigo_gateway._gateway import Gateway
    from kaigo_gateway.ledger import Verification

FAULTS = {
    "RECORD_CHANGED": N_("a record was changed"),
    "RECORD_MISSING": N_("a record is missing"),
    "RECORD_REORDERED": N_("records are out of order"),
    "SETUP_CHANGED": N_("the site of a Setup was changed"),
    "SETUP_MISSING": N_("a sealed Setup is missing"),
    "CLAIM_CHANGED": N_("what a claim says of itself was changed"),
    "CLAIM_MISSING": N_("a claim is missing"),
    "SEAL_CHANGED": N_("a seal was changed"),
    "SEAL_MISSING": N_("a seal is missing"),
    "SEAL_REORDERED": N_("seals are out of order"),
    "SEAL_BROKEN": N_("a seal does not fit its record"),
    "SEAL_KEY_UNKNOWN": N_("a seal was made with a key that this vault does not have"),
    "SEAL_SIGNATURE_WRONG": N_("the signature of a seal is wrong"),
}
"""Fault code → what it means; the codes are stable."""


@click.group(short_help=N_("Verify the ledger's chain of records; tell a server what happened."))
def ledger() -> None:
    """Verify the ledger's chain of records; tell the vendor's own server what happened."""


@ledger.command(short_help=N_("Find any changed, missing or reordered record."))
@json_option
@click.pass_context
def verify(ctx: click.Context, *, as_json: bool) -> None:
    """Find any changed, missing or reordered record; exit code 1 if there is one."""

    async def look(gateway: Gateway) -> Verification:
        async with gateway:
            return await gateway.verify()

    found = run_async(look(open_gateway(ctx)))
    if as_json:
        print_json(_document(found))
    else:
        for fault in found.faults:
            meaning = gettext(FAULTS[fault.code])
            say(f"[{gettext('FAIL')}] {fault.place}: {meaning} ({fault.code}; {fault.detail})")
        text = gettext(
            "Looked at {setups} Setups, {records} records, {seals} seals, {claims} claims with {entries}"
            " entries: {verdict}"
        )
        verdict = gettext("intact") if found.intact else gettext("NOT intact")
        say(fill(text, {**asdict(found), "verdict": verdict}))
    finish("ok" if found.intact else "fail")


@ledger.command(short_help=N_("What waits to be told to the vendor's server."))
@json_option
@click.pass_context
def outbox(ctx: click.Context, *, as_json: bool) -> None:
    """Show how many messages wait for the server of delivery.url in the settings, and the first of them."""

    async def look(gateway: Gateway) -> tuple[str | None, int, list[tuple[int, str, Any]]]:
        async with gateway:
            url = gateway.settings.delivery.url
            return url, await gateway.ledger.waiting(), await gateway.ledger.unsent(20)

    url, count, first = run_async(look(open_gateway(ctx)))
    if as_json:
        messages = [{"key": key, **body} for _, key, body in first]
        print_json({"schema": "kaigo-gateway/outbox/1", "url": url, "waiting": count, "first": messages})
        return
    say(
        fill(
            gettext("{count} messages wait. They go to: {url}"),
            {"count": count, "url": url or gettext("nowhere")},
        )
    )
    for _, key, _body in first:
        say(f"  {key}")


@ledger.command(short_help=N_("Tell the vendor's server what waits, now."))
@json_option
@click.pass_context
def deliver(ctx: click.Context, *, as_json: bool) -> None:
    """Send what waits to the server that delivery.url of the settings names; `serve` does so by itself."""
    from kaigo_gateway.delivery import Delivery

    async def send(gateway: Gateway) -> int:
        async with gateway:
            return await Delivery(gateway.ledger, gateway.settings).send()

    count = run_async(send(open_gateway(ctx)))
    if as_json:
        print_json({"schema": "kaigo-gateway/delivered/1", "delivered": count})
    else:
        say(fill(gettext("{count} messages delivered."), {"count": count}))


def _document(found: Verification) -> dict[str, object]:
    return {
        "schema": "kaigo-gateway/ledger/1",
        "overall": "ok" if found.intact else "fail",
        "setups": found.setups,
        "records": found.records,
        "seals": found.seals,
        "claims": found.claims,
        "entries": found.entries,
        "faults": [
            {"code": fault.code, "place": fault.place, "detail": fault.detail} for fault in found.faults
        ],
    }
