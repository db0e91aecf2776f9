"""不備チェック: are the attachments there, acceptable, and do they say what the claim says."""

from __future__ import annotations

from kaigo_subsidy.precheck._precheck import Precheck, check_attachments

__all__ = ["Precheck", "check_attachments"]
