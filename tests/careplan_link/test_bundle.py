"""一体的: bundled, or not bundled because of exactly this."""

from datetime import date

import pytest
from careplan_rig import OFFICE, PARTNER, context_of, run, site_of
from kaigo_careplan_link import plugin
from kaigo_careplan_link.link._bundle import digest, evaluate
from kaigo_careplan_link.link._site import site_settings
from kaigo_careplan_link.reasons import REASONS
from kaigo_gateway.model.descriptors import SetupView
from kaigo_gateway.model.results import Finding, Status

MORNING, NOON, NEXT_WEEK = (
    "2026-11-22T01:00:00+00:00",
    "2026-11-22T03:00:00+00:00",
    "2026-11-29T01:00:00+00:00",
)


def connected(at=MORNING, certificate="a" * 64, status=Status.OK):
    evidence = {"certificate_sha256": certificate, "checked_at": at}
    return [Finding(status=status, reason_code="CONNECTED", evidence=evidence)]


def results(**changed):
    usual = {
        "platform": connected(),
        "link": connected(NOON),
        "rehearsal": [REASONS.finding("CAREPLAN_REHEARSED", evidence={"sender": OFFICE})],
    }
    ids = {
        "platform": "platform.connection",
        "link": "careplan.connection",
        "rehearsal": "careplan.rehearsal",
    }
    return {ids[name]: found for name, found in {**usual, **changed}.items() if found is not None}


def line(kind, item, supporter="T1234567890123"):
    return {"kind": kind, "item": item, "amount": 9000, "incurred_on": "2026-11-22", "supporter": supporter}


BOTH = [line("connection_support", "web_service_setup"), line("careplan_support", "careplan_link")]


def site(expenses=BOTH, **settings):
    return site_of(
        careplan={"partner_number": PARTNER}, expenses=expenses, plugins={"careplan_link": settings}
    )


def codes(found, of=None):
    return list(evaluate(of or site(), found, site_settings(of or site())).against)


FAILED = connected(status=Status.FAIL)


@pytest.mark.parametrize(
    ("found", "settings", "reasons"),
    [
        (results(), {}, []),
        (results(platform=None), {}, ["PLATFORM"]),
        (results(platform=FAILED), {}, ["PLATFORM"]),
        (results(link=None), {}, ["LINK"]),
        (results(rehearsal=None), {}, ["REHEARSAL"]),
        (results(platform=None, link=None, rehearsal=None), {}, ["PLATFORM", "LINK", "REHEARSAL"]),
        (results(link=connected(certificate="b" * 64)), {}, ["CERTIFICATE"]),
        (
            results(rehearsal=[REASONS.finding("CAREPLAN_REHEARSED", evidence={"sender": PARTNER})]),
            {},
            ["OFFICE"],
        ),
        (results(platform=connected(NEXT_WEEK)), {}, []),
        (results(platform=connected(NEXT_WEEK)), {"bundle_order": "platform_first"}, ["ORDER"]),
        (results(link=connected(NEXT_WEEK)), {"bundle_window_days": 3}, ["WINDOW"]),
        (results(link=connected(NEXT_WEEK)), {"bundle_window_days": 7}, ["WINDOW"][:0]),
    ],
)
def test_bundled_or_the_reasons_why_not(found, settings, reasons):
    assert codes(found, site(**settings)) == [f"CAREPLAN_NOT_BUNDLED_{reason}" for reason in reasons]


def test_another_supporter_for_the_platform_part_breaks_the_bundle():
    other = [line("connection_support", "web_service_setup", "T9999999999999"), BOTH[1]]
    assert codes(results(), site(other)) == ["CAREPLAN_NOT_BUNDLED_SUPPORTER"]
    assert codes(results(), site([line("careplan_support", "careplan_link", "T9999999999999")])) == [
        "CAREPLAN_NOT_BUNDLED_SUPPORTER"
    ]
    assert codes(results(), site([BOTH[1]])) == []


def test_a_supporter_who_did_not_give_this_setup_cannot_charge_for_it():
    other = [{**each, "supporter": "T9999999999999"} for each in BOTH]
    assert codes(results(), site(other)) == ["CAREPLAN_NOT_BUNDLED_SUPPORTER"]


def test_lines_without_a_supporter_are_the_setups_own():
    nameless = [{**each, "supporter": None} for each in BOTH]
    assert codes(results(), site(nameless)) == []


@pytest.mark.parametrize("evidence", [{}, {"sender": PARTNER}])
def test_a_rehearsal_has_to_name_this_office_as_its_sender(evidence):
    rehearsed = [REASONS.finding("CAREPLAN_REHEARSED", evidence=evidence)]
    assert codes(results(rehearsal=rehearsed)) == ["CAREPLAN_NOT_BUNDLED_OFFICE"]


LATE, AFTER_MIDNIGHT = "2026-11-22T14:50:00+00:00", "2026-11-23T00:10:00+09:00"


@pytest.mark.parametrize(
    ("first", "second", "days", "reasons"),
    [
        (MORNING, NOON, 0, []),
        (LATE, AFTER_MIDNIGHT, 0, ["CAREPLAN_NOT_BUNDLED_WINDOW"]),
        (AFTER_MIDNIGHT, LATE, 0, ["CAREPLAN_NOT_BUNDLED_WINDOW"]),
        (LATE, AFTER_MIDNIGHT, 1, []),
        ("2026-11-22T23:50:00+09:00", LATE, 0, []),
        ("2026-11-22T16:00:00-09:00", "2026-11-23T02:00:00+00:00", 0, []),
        ("2026-11-22T14:50:00", LATE, 0, []),
    ],
)
def test_the_window_counts_calendar_days_in_japan(first, second, days, reasons):
    found = results(platform=connected(first), link=connected(second))
    assert codes(found, site(bundle_window_days=days)) == reasons


def test_the_order_is_that_of_the_moments_not_of_their_texts():
    before, after = "2026-11-22T09:30:00+09:00", "2026-11-22T01:00:00+00:00"
    in_order = results(platform=connected(before), link=connected(after))
    reversed_ = results(platform=connected(after), link=connected(before))
    assert codes(in_order, site(bundle_order="platform_first")) == []
    assert codes(reversed_, site(bundle_order="platform_first")) == ["CAREPLAN_NOT_BUNDLED_ORDER"]


@pytest.mark.parametrize("missing", ["platform", "link"])
def test_a_connection_that_showed_no_certificate_proves_no_bundle(missing):
    bare = [Finding(status=Status.OK, reason_code="CONNECTED", evidence={"checked_at": MORNING})]
    assert codes(results(**{missing: bare})) == ["CAREPLAN_NOT_BUNDLED_CERTIFICATE"]
    bare_both = results(platform=bare, link=bare)
    assert codes(bare_both) == ["CAREPLAN_NOT_BUNDLED_CERTIFICATE"]


async def test_the_verdict_carries_rule_reference_and_the_hash_of_every_input():
    found = results()
    (verdict,) = await run("careplan.bundle", context_of(site(), results=found))
    assert (verdict.status, verdict.reason_code) == (Status.OK, "CAREPLAN_BUNDLED")
    assert verdict.evidence["inputs"] == {check_id: digest(each) for check_id, each in found.items()}
    assert "第3条第2号" in verdict.evidence["rule"]
    assert verdict.evidence["rule_version"] == "R8"
    assert verdict.evidence["office"] == OFFICE


async def test_every_reason_is_a_finding_and_the_first_holds_the_evaluation():
    found = await run("careplan.bundle", context_of(site(), results=results(platform=None, link=None)))
    assert [each.status for each in found] == [Status.FAIL, Status.FAIL]
    assert found[0].evidence["bundled"] is False
    assert dict(found[1].evidence) == {}


def test_a_changed_input_changes_its_hash():
    assert digest(connected()) != digest(connected(NOON))


def view(found, of):
    return SetupView("test", of, simulated=False, today=date(2026, 11, 22), results=found)


def test_careplan_lines_are_emitted_only_when_bundled():
    (emitted,) = plugin.gateway_expenses(view(results(), site()))
    assert (emitted.key, emitted.amount) == ("careplan_link.careplan_link.1", 9000)
    assert "careplan.bundle" in emitted.proof
    assert plugin.gateway_expenses(view(results(platform=None), site())) == []


def test_careplan_support_alone_is_never_bundled():
    alone = site([BOTH[1]])
    assert plugin.gateway_expenses(view(results(platform=None), alone)) == []
