"""Order without need: what looks back waits for what it looks back on, whatever that found."""

from __future__ import annotations

import pytest
from kaigo_gateway import Check, Finding, Stage, Status
from kaigo_gateway.sitefile import site_from

pytest_plugins = "kaigo_gateway.testing"

SITE = {
    "office": {"number": "1370000001", "name": "架空の事業所", "services": ["11"]},
    "supporter": {"name": "架空の支援事業者"},
}


def finding(status=Status.OK, **evidence):
    return Finding(status=status, reason_code="TEST_CODE", evidence=evidence)


def plugin_with(*checks):
    from kaigo_gateway import PluginInfo, hookimpl

    class Plugin:
        @staticmethod
        @hookimpl
        def gateway_plugin_info():
            return PluginInfo("tested", "Tested", 1)

        @staticmethod
        @hookimpl
        def gateway_checks(site):
            return list(checks)

    return Plugin


@pytest.mark.parametrize("status", [Status.OK, Status.FAIL])
async def test_a_check_waits_for_those_it_comes_after_whatever_they_found(make_gateway, tmp_path, status):
    import asyncio

    seen = []

    async def slow(context):
        await asyncio.sleep(0.05)
        return finding(status)

    async def late(context):
        seen.append(context.results["platform.slow"][0].status)
        return finding()

    first = Check("platform.slow", Stage.PLATFORM, "slow", slow, order=200)
    last = Check("platform.late", Stage.PLATFORM, "late", late, order=1, after=("platform.slow", "not.there"))
    gateway = await make_gateway(plugin_with(first, last))
    await gateway.run(site_from(SITE, tmp_path, "site"))
    assert seen == [status]


async def test_expense_records_wait_for_what_stands_before_them_in_their_stage(make_gateway, tmp_path):
    import asyncio

    async def slow(context):
        await asyncio.sleep(0.05)
        return finding()

    early = Check("expense.verdict", Stage.EXPENSE, "verdict", slow, order=5)
    gateway = await make_gateway(plugin_with(early))
    setup_id = await gateway.create(site_from(SITE, tmp_path, "site"))
    await gateway.advance(setup_id)
    state = await gateway.state(setup_id)
    assert state.results["expense.verdict"].seq < state.results["expense.records"].seq


async def test_a_check_that_comes_after_another_runs_again_with_it(make_gateway, tmp_path):
    first = Check("platform.a", Stage.PLATFORM, "a", lambda context: finding())
    last = Check("platform.b", Stage.PLATFORM, "b", lambda context: finding(), after=("platform.a",))
    gateway = await make_gateway(plugin_with(first, last))
    setup_id = await gateway.create(site_from(SITE, tmp_path, "site"))
    await gateway.advance(setup_id)
    assert "platform.b" in await gateway.reopen(setup_id, ["platform.a"])


async def test_a_check_without_a_setup_names_the_question_that_nobody_is_asked(make_gateway, tmp_path):
    def asks(context):
        context.confirmed("test.question")

    gateway = await make_gateway(plugin_with(Check("platform.asks", Stage.PLATFORM, "asks", asks)))
    report = await gateway.check(site_from(SITE, tmp_path, "site"), Stage.PLATFORM)
    (result,) = report.results
    assert (result.reason_code, result.status) == ("QUESTION_OPEN", Status.SKIP)
    assert "test.question" in result.message


@pytest.mark.parametrize(("tie", "code"), [("after", "TEST_CODE"), ("needs", "NEED_NOT_MET")])
async def test_a_check_of_one_stage_installs_nothing_of_an_earlier_one(make_gateway, tmp_path, tie, code):
    from kaigo_gateway.sandbox._office import demo_document
    from kaigo_gateway.sandbox.authority import DemoAuthority

    looks_back = Check(
        "platform.back", Stage.PLATFORM, "back", lambda context: finding(), **{tie: ("certificate.install",)}
    )
    gateway = await make_gateway(plugin_with(looks_back))
    document = demo_document(tmp_path, DemoAuthority(tmp_path / "authority"))
    report = await gateway.check(site_from(document, tmp_path, "site"), Stage.PLATFORM)
    assert [(each.check_id, each.reason_code) for each in report.results] == [("platform.back", code)]
    assert await gateway.vault.identity(document["office"]["number"]) is None


async def test_a_check_of_one_stage_runs_what_it_looks_back_on(make_gateway, tmp_path):
    seen = []

    def back(context):
        seen.append(context.results["certificate.ready"][0].reason_code)
        return finding()

    gateway = await make_gateway(
        plugin_with(Check("platform.back", Stage.PLATFORM, "back", back, after=("certificate.ready",)))
    )
    await gateway.check(site_from(SITE, tmp_path, "site"), Stage.PLATFORM)
    assert seen == ["CERT_NOT_IN_VAULT"]


@pytest.mark.parametrize("proxy", ["http://user:secret@proxy:8080", "http://:secret@proxy"])
def test_a_password_in_the_proxy_address_is_refused_because_the_site_is_recorded(tmp_path, proxy):
    from kaigo_gateway.errors import InputError

    with pytest.raises(InputError, match=r"network\.proxy.*proxy_password") as caught:
        site_from({**SITE, "network": {"proxy": proxy}}, tmp_path, "site")
    assert "secret" not in caught.value.text("en")


async def test_an_answer_to_a_question_that_nobody_asked_is_refused_with_those_that_are_open(
    make_gateway, tmp_path
):
    from kaigo_gateway.errors import InputError

    def asks(context):
        context.confirmed("test.question")
        return finding()

    gateway = await make_gateway(plugin_with(Check("platform.asks", Stage.PLATFORM, "asks", asks)))
    setup_id = await gateway.create(site_from(SITE, tmp_path, "site"))
    assert await gateway.advance(setup_id) == "waiting"
    with pytest.raises(InputError, match=r"no question test\.quest\b") as caught:
        await gateway.confirm(setup_id, "test.quest", {"answer": "yes"})
    assert "test.question" in caught.value.text("en")
    await gateway.confirm(setup_id, "test.question", {"answer": "yes"})
    assert await gateway.advance(setup_id) == "done"
