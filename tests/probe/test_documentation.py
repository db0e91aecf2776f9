"""The page about connectivity names every switch with its code, every setting, every reason."""

from pathlib import Path

import pytest
from kaigo_careplan_link.link.settings import CareplanSettings
from kaigo_careplan_link.reasons import REASONS as CAREPLAN
from kaigo_gateway import probe
from kaigo_gateway.probe.counterpart import FAULTS
from kaigo_platform_link.settings import PlatformSettings

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "connectivity.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("fault", "code"), [pair for pair in FAULTS.items() if pair[0] != "none"])
def test_every_switch_stands_in_the_table_with_its_code(fault, code):
    assert f"| `{fault}` | `{code}` | {probe.REASONS[code].actor} |" in PAGE


@pytest.mark.parametrize("code", [reason.code for reason in probe.REASONS])
def test_every_reason_stands_on_the_page(code):
    """With its peers; test_failure_matrix.py compares the tables themselves."""
    assert f"`{code}`" in PAGE.partition("### From which server")[2]


@pytest.mark.parametrize("name", [*PlatformSettings.model_fields, *CareplanSettings.model_fields])
def test_every_setting_is_described(name):
    assert f"`{name}`" in PAGE


def test_every_reason_against_the_bundle_is_described():
    assert all(f"`{r.code}`" in PAGE for r in CAREPLAN if r.code.startswith("CAREPLAN_NOT_BUNDLED"))


def test_the_facade_exports_what_it_says():
    assert all(hasattr(probe, name) for name in probe.__all__)
    assert {"probe", "probe_many", "Target", "Trust", "ProbeResult", "REASONS"} <= set(probe.__all__)


def test_every_phase_of_a_result_is_one_of_the_six():
    assert probe.PHASES == ("resolve", "connect", "proxy", "tls", "client_certificate", "http")
