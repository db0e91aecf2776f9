"""What a support engineer reads on the terminal: how far it came, what to do, and what is left to a Setup."""

import pytest
from kaigo_gateway.cli.columns import columns, fold_hanging
from kaigo_gateway.model.results import Stage
from kaigo_gateway.report.console import report_lines
from kaigo_gateway.report.model import make_report, result_from_finding
from kaigo_gateway.setup.reasons import CORE_REASONS
from kaigo_platform_link.reasons import REASONS
from platform_rig import context_of, run, service


async def report_of(folder, fault, language="ja"):
    """The report of ``check platform`` at a site without a certificate, as the core makes it."""
    from kaigo_gateway.probe.reasons import REASONS as PROBE

    async with service(folder, fault) as (site, identity):
        found = await run("platform.connection", context_of(site, identity))
    found += [CORE_REASONS.finding("QUESTION_OPEN", seen={"question": f"{n}?"}) for n in range(3)]
    books = [REASONS, PROBE, CORE_REASONS]
    return make_report(
        [
            result_from_finding(
                each, check_id=f"platform.{number}", stage=Stage.PLATFORM, plugin="platform_link",
                version="1", duration_ms=1, books=books, title=f"T{number}", language=language,
            )
            for number, each in enumerate(found)
        ]
    )  # fmt: skip


@pytest.mark.parametrize(("language", "last"), [("en", "HTTP"), ("ja", "HTTP")])
async def test_the_phases_stand_below_the_sentence_with_the_failed_one_marked(language, last, tmp_path):
    lines = list(report_lines(await report_of(tmp_path, "maintenance", language), language))
    (phases,) = [line for line in lines if " ms" in line]
    word = {"en": "[FAIL]", "ja": "[異常]"}[language]
    assert phases.count(" > ") == 4
    assert phases.rpartition(" > ")[2].startswith(last)
    assert phases.endswith(f" ms {word}")
    assert any("3600" in line for line in lines)  # the server's Retry-After, in both languages


async def test_open_questions_share_one_line(tmp_path):
    lines = list(report_lines(await report_of(tmp_path, "none"), "ja"))
    (left,) = [line for line in lines if "[未実施]" in line]
    assert left.endswith("T1、T2、T3")
    assert "3 項目" in left


@pytest.mark.parametrize("fault", ["proxy_password", "client_list_expired", "inspected", "dns"])
async def test_everything_fits_a_terminal_of_80_columns_and_its_code_page(fault, tmp_path):
    lines = list(fold_hanging(report_lines(await report_of(tmp_path, fault), "ja"), 79))
    assert max(map(columns, lines)) <= 79
    assert "\n".join(lines).encode("cp932")
