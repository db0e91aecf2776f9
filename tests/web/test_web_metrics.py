"""Metrics: what Prometheus's own parser makes of them, and that they name nobody."""

from __future__ import annotations

import asyncio
from pathlib import Path

from kaigo_gateway.sandbox.authority import DemoAuthority
from kaigo_gateway.settings import DeliverySettings
from kaigo_gateway.setup import Progress
from kaigo_gateway.web import _tally
from kaigo_gateway.web._tally import Tally
from prometheus_client.parser import text_string_to_metric_families
from test_web_api import CANARY, form_of
from web_kit import OFFICE, Stage2, plugin, served, site_document, until, write_certificate

DOCS = (Path(__file__).resolve().parents[2] / "docs" / "rest-api.md").read_text(encoding="utf-8")


async def families(client):
    _, headers, body = await client.call("GET", "/metrics")
    assert headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    return {family.name: family for family in text_string_to_metric_families(body.decode())}


def value(family, suffix="", **labels):
    name = family.name + suffix
    (found,) = [each.value for each in family.samples if (each.name, each.labels) == (name, labels)]
    return found


async def finished(client, folder, **changes):
    document = site_document(certificate=write_certificate(folder), **changes)
    _, _, body = await client.post("/api/v1/setups", document)
    return (await until(client, body["id"], "done"))["id"]


async def test_setups_checks_and_requests_are_counted(tmp_path):
    async with served(tmp_path, plugin(Stage2(broken=True)), files=(tmp_path,)) as client:
        await finished(client, tmp_path)
        seen = await families(client)
        assert value(seen["kaigo_gateway_setups"], state="done") == 1
        assert value(seen["kaigo_gateway_setup_verdicts"], overall="fail") == 1
        results = seen["kaigo_gateway_check_results"]
        assert value(results, suffix="_total", reason_code="KIT_BADLY", stage="platform") == 1
        durations = seen["kaigo_gateway_check_duration_seconds"]
        assert value(durations, suffix="_count", stage="platform") == 2
        buckets = [each for each in durations.samples if each.labels.get("le") == "+Inf"]
        counts = [each for each in durations.samples if each.name.endswith("_count")]
        assert sum(each.value for each in buckets) == sum(each.value for each in counts)
        assert value(seen["kaigo_gateway_runs_finished"], suffix="_total", overall="fail") == 1
        assert value(seen["kaigo_gateway_requests"], suffix="_total", status="201") == 1
        for family in seen.values():
            assert family.documentation, family.name
            assert family.type in {"counter", "gauge", "histogram"}, family.name


async def test_certificates_that_end_soon_are_counted_and_not_named(tmp_path):
    data = DemoAuthority(tmp_path / "ca").client_pkcs12(OFFICE, "TEST Office", CANARY.encode())
    async with served(tmp_path, plugin(Stage2())) as client:
        assert "kaigo_gateway_certificates" not in await families(client), "a closed vault is not opened"
        form = form_of(data, password=CANARY, office_number=OFFICE)
        await client.call("POST", "/api/v1/certificates", data=form)
        seen = await families(client)
        assert value(seen["kaigo_gateway_certificates"]) == 1
        assert value(seen["kaigo_gateway_certificates_ending"], days="90") == 0


async def test_nothing_in_the_metrics_names_an_office_an_address_or_a_secret(tmp_path):
    async with served(tmp_path, plugin(Stage2()), files=(tmp_path,)) as client:
        setup_id = await finished(client, tmp_path)
        kept = (await client.get("/api/v1/certificates"))["items"]
        body = (await client.call("GET", "/metrics"))[2].decode()
        for word in (OFFICE, setup_id, "見本", "TEST Office", *(each["sha256"] for each in kept)):
            assert word not in body


def test_a_plugin_that_makes_up_codes_does_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(_tally, "MOST", 3)
    tally = Tally()
    for number in range(10):
        data = {"stage": "platform", "codes": [f"CODE_{number}"], "duration_ms": 1}
        tally.note(Progress("id", "ended", 1, data))
    assert len(tally.results) == 4
    assert tally.results["platform", "other"] == 7


async def test_each_metric_is_documented(tmp_path):
    somewhere = DeliverySettings(url="http://localhost:9/nobody", every=3600)
    async with served(tmp_path, plugin(Stage2()), files=(tmp_path,), delivery=somewhere) as client:
        await finished(client, tmp_path)
        names = {
            f"{name}_total" if family.type == "counter" else name
            for name, family in (await families(client)).items()
        }
    assert {name for name in names if f"| `{name}` |" not in DOCS} == set()


async def test_messages_that_wait_are_counted_only_where_there_is_somebody_to_tell(tmp_path):
    async with served(tmp_path / "a", plugin(Stage2())) as client:
        assert "kaigo_gateway_messages_waiting" not in await families(client)
    nowhere = DeliverySettings(url="http://localhost:9/nobody", every=1)
    async with served(tmp_path / "b", plugin(Stage2()), files=(tmp_path,), delivery=nowhere) as client:
        await finished(client, tmp_path)
        for _ in range(600):
            seen = await families(client)
            if value(seen["kaigo_gateway_delivery_failing"]):
                break
            await asyncio.sleep(0.05)
        waiting = value(seen["kaigo_gateway_messages_waiting"])
        assert waiting == await client.gateway.ledger.waiting() > 2
        assert value(seen["kaigo_gateway_delivery_failing"]) == 1
