"""The check ``expense.assessment`` of a Setup and the plugin's hooks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from factories import RULES, TODAY, lines, site
from kaigo_gateway.model.claims import Assessment
from kaigo_gateway.model.descriptors import CheckContext
from kaigo_gateway.model.expenses import ExpenseLine
from kaigo_gateway.model.results import Finding, Status
from kaigo_subsidy import plugin
from kaigo_subsidy.check import assess_setup, expense_checks, precheck_setup
from kaigo_subsidy.settings import SubsidySettings


def context(*given, bundle=Status.OK, today=TODAY, where=None, **chosen):
    records = [ExpenseLine.model_validate(line).model_dump(mode="json") for line in given]
    results = {
        "expense.records": (
            Finding(status=Status.OK, reason_code="EXPENSES_RECORDED", evidence={"lines": records}),
            Finding(status=Status.ERROR, reason_code="PLUGIN_RAISED"),
        ),
    }
    if bundle is not None:
        results["careplan.bundle"] = (Finding(status=bundle, reason_code="CAREPLAN_BUNDLE"),)
    return CheckContext(
        setup_id="S",
        site=where or site(services=["11"]),
        simulated=False,
        today=today,
        settings=SubsidySettings(**chosen),
        results=results,
        identity=None,
        progress=print,
        confirmed=dict,
    )


def assessment_of(finding):
    return Assessment.model_validate(finding.evidence["assessment"])


def test_an_eligible_setup_is_ok_and_carries_its_assessment():
    finding = assess_setup(context(*lines()[:3]))
    assert (finding.status, finding.reason_code) == (Status.OK, "GRANT_ELIGIBLE")
    assert assessment_of(finding).grant == 62000
    assert finding.seen["grant"] == "62,000"


def test_partly_warns_and_ineligible_fails():
    assert assess_setup(context(*lines())).status is Status.WARN
    late = assess_setup(context(*lines()[:3], today=date(2027, 3, 13)))
    assert (late.status, late.reason_code) == (Status.FAIL, "GRANT_INELIGIBLE")
    assert "APPLIED_TOO_LATE" in late.seen["codes"]


@pytest.mark.parametrize(
    ("bundle", "codes"), [(Status.FAIL, ("CAREPLAN_BUNDLE_NOT_PROVED",)), (Status.OK, ())]
)
def test_the_setups_own_bundle_evaluation_decides(bundle, codes):
    finding = assess_setup(context(*lines()[:3], bundle=bundle))
    assert assessment_of(finding).lines[2].reason_codes == codes


def test_without_an_evaluation_the_supporters_decide():
    other = lines()[2] | {"supporter": "T7000012050002"}
    finding = assess_setup(context(*lines()[:2], other, bundle=None))
    assert assessment_of(finding).lines[2].reason_codes == ("CAREPLAN_OTHER_SUPPORTER",)


def test_no_lines_wrong_settings_and_unknown_programmes_are_findings_not_crashes():
    assert assess_setup(context()).reason_code == "GRANT_NO_EXPENSES"
    wrong = assess_setup(context(*lines(), readings={"same_category": "thrice"}))
    assert wrong.reason_code == "GRANT_SETTINGS_WRONG"
    assert "same_category" in wrong.seen["why"]
    mistyped = assess_setup(context(*lines(), readings={"same_categry": "once"}))
    assert mistyped.reason_code == "GRANT_SETTINGS_WRONG"
    assert assess_setup(context(*lines(), fiscal_year=2031)).reason_code == "GRANT_PROGRAMME_UNKNOWN"


def test_settings_carry_income_and_readings_into_the_claim():
    finding = assess_setup(context(*lines()[:3], donations=10_000, other_income=2_700))
    assert assessment_of(finding).grant == 50_000


def test_attachments_are_checked_where_the_site_file_names_them(tmp_path):
    (tmp_path / "bank.jpg").write_bytes(b"\xff\xd8\xff\xe0xx\xff\xd9")
    where = site(services=["11"]).model_copy(
        update={"base": tmp_path, "plugins": {"subsidy": {"attachments": {"bankbook": ["bank.jpg"]}}}}
    )
    assert [check.id for check in expense_checks(where)] == ["expense.assessment", "expense.attachments"]
    assert [check.id for check in expense_checks(site())] == ["expense.assessment"]
    setup = context(*lines()[:3], where=where, attachments={"bankbook": ("bank.jpg",)})
    found = {finding.subject: finding.reason_code for finding in precheck_setup(setup)}
    assert found == {
        "bankbook": "DOCUMENT_OK",
        "service_evidence": "DOCUMENT_MISSING",
        "receipt": "DOCUMENT_MISSING",
        "menu_screen": "DOCUMENT_MISSING",
    }
    documents = {d.code: d.present for d in assessment_of(assess_setup(setup)).documents}
    assert documents == {"bankbook": True, "service_evidence": False, "receipt": False, "menu_screen": False}
    wrong = context(*lines(), where=where, attachments={"photo": ("x.jpg",)})
    assert precheck_setup(wrong)[0].reason_code == "GRANT_SETTINGS_WRONG"


def test_the_plugins_hooks_give_what_the_core_expects():
    info = plugin.gateway_plugin_info()
    assert (info.name, info.api_version, info.settings_model) == ("subsidy", 1, SubsidySettings)
    assert [command.name for command in plugin.gateway_commands()] == ["grant"]
    assert {p.id for p in plugin.gateway_grant_programmes(None)} == {"kiban-office", "kiban-medical"}
    assert plugin.gateway_exporters()
    assert plugin.gateway_checks(site())[0].evidence == ("assessment",)


def test_every_reason_has_japanese_and_the_plugin_module_is_light():
    import subprocess
    import sys

    for reason in plugin.gateway_plugin_info().reasons:
        texts = [reason.message, *reason.steps]
        from kaigo_gateway.i18n import translate

        assert all(translate(text, "kaigo_subsidy", "ja") != text for text in texts), reason.code
    light = "import sys, kaigo_subsidy.plugin; sys.exit('pydantic' in sys.modules or 'jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", light], check=False).returncode == 0


def test_a_programme_of_a_module_that_the_product_brings_assesses_the_setup():
    from kaigo_gateway.hookspecs import hookimpl
    from kaigo_gateway.model.descriptors import GrantProgramme, PluginInfo
    from kaigo_gateway.plugins import PluginHost
    from kaigo_subsidy.assessing import assess

    def city(claim):
        return assess(claim, RULES).model_copy(update={"grant": 12_345})

    class City:
        @hookimpl
        def gateway_plugin_info(self):
            return PluginInfo(name="city", title="City", api_version=1)

        @hookimpl
        def gateway_grant_programmes(self):
            return [GrantProgramme(id="city-x", fiscal_year=2026, title="City X", assess=city)]

    host = PluginHost([City()], discover_installed=False)
    where = site(services=["11"]).model_copy(update={"programme": "city-x"})
    setup = context(*lines()[:3], where=where)
    assert assess_setup(setup).reason_code == "GRANT_PROGRAMME_UNKNOWN"
    asked = replace(setup, offered=lambda hook: host.call_with_settings(hook, {}, rules_folder=None))
    assert assessment_of(assess_setup(asked)).grant == 12_345


def test_a_programme_of_the_folder_that_the_settings_name_assesses_the_setup(tmp_path):
    from test_dropped_rules import CITY

    (tmp_path / "city.yaml").write_text(CITY, encoding="utf-8")
    where = site(services=["11"]).model_copy(update={"programme": "city-x"})
    setup = context(*lines()[:3], where=where)
    assert assess_setup(setup).reason_code == "GRANT_PROGRAMME_UNKNOWN"
    assessment = assessment_of(assess_setup(replace(setup, rules_folder=tmp_path)))
    assert (assessment.programme, assessment.cap) == ("city-x", 70000)
