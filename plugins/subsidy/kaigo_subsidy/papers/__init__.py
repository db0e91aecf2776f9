"""Papers: expense records, assessment, claim summary and what the application needs, from a Setup.

Papers are Japanese, the language of the application. Each marks a simulated Setup on its face. None of them
promises the grant; the office is the applicant.
"""

from __future__ import annotations

from kaigo_subsidy.papers._exporters import exporters
from kaigo_subsidy.papers._facts import SIMULATED_MARK, Facts, facts_of

__all__ = ["SIMULATED_MARK", "Facts", "exporters", "facts_of"]
