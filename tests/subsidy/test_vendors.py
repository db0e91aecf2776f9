"""Programmes by another plugin's hook: what is wrong with them is told, and spoils nothing else."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from factories import claim
from kaigo_gateway.errors import CouldNotRun
from kaigo_gateway.hookspecs import hookimpl
from kaigo_gateway.i18n import use_language
from kaigo_gateway.model.descriptors import GrantProgramme, PluginInfo
from kaigo_gateway.plugins import PluginHost
from kaigo_subsidy import vendors
from kaigo_subsidy.assessing import assess
from kaigo_subsidy.cli import grant
from kaigo_subsidy.rules import find_rules

GOOD = GrantProgramme(id="city-x", fiscal_year=2026, title="City X", assess=lambda _claim: None)


def plugin(given):
    class CityPlugin:
        @hookimpl
        def gateway_plugin_info(self):
            return PluginInfo(name="city", title="City", api_version=1)

        @hookimpl
        def gateway_grant_programmes(self):
            return given()

    return CityPlugin()


@pytest.fixture
def installed(monkeypatch):
    """Let a plugin object stand for an installed one."""

    def install(given):
        monkeypatch.setattr(
            "kaigo_gateway.plugins.PluginHost",
            lambda without=(): PluginHost([plugin(given)], discover_installed=False, without=without),
        )
        return vendors.vendor_offer()

    return install


def leave():
    raise SystemExit(3)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (lambda: GOOD, "GrantProgramme instead of a list"),
        (lambda: {"city-x": GOOD}, "dict instead of a list"),
        (lambda: "city-x", "str instead of a list"),
        (lambda: 7, "int instead of a list"),
        (lambda: [{"id": "city-x"}], "dict instead of GrantProgramme"),
        (lambda: [None], "NoneType instead of GrantProgramme"),
        (lambda: 1 / 0, "ZeroDivisionError"),
        (leave, "SystemExit"),
    ],
)
def test_what_a_hook_gives_wrongly_is_told_with_plugin_and_reason(installed, given, why):
    offer = installed(given)
    assert offer.programmes == []
    (told,) = offer.told()
    assert "city" in told
    assert why in told
    with use_language("ja"):
        assert offer.told() != [told]


def test_a_good_programme_beside_a_wrong_one_is_used_and_the_wrong_one_told(installed):
    offer = installed(lambda: [GOOD, 3])
    assert [one.id for one in offer.programmes] == ["city-x"]
    assert "int instead of GrantProgramme" in offer.told()[0]
    assert installed(lambda: None).problems == []


def test_the_command_lists_the_bundled_programmes_and_tells_the_problem_beside_them(installed):
    installed(lambda: 1 / 0)
    done = CliRunner().invoke(grant, ["programmes"])
    assert done.exit_code == 0
    assert "kiban-office/2026" in done.stdout
    assert "ZeroDivisionError" in done.stderr


def test_an_assessment_of_another_programme_is_not_passed_on():
    given, rules = claim(), find_rules("kiban-office", 2026)
    wrong = GrantProgramme(
        id="city-x", fiscal_year=2026, title="City X", assess=lambda _claim: assess(given, rules)
    )
    city = given.model_copy(update={"programme": "city-x"})
    with pytest.raises(CouldNotRun, match="it assessed kiban-office/2026"):
        vendors.vendor_assessment(city, [wrong])
