"""What stands before every handler: names, origins, logins, limits, headers, troubles."""

from __future__ import annotations

from kaigo_gateway.web.safety._headers import HEADERS, SERVER, set_headers
from kaigo_gateway.web.safety._middlewares import MIDDLEWARES
from kaigo_gateway.web.safety._rate import RateLimit

__all__ = ["HEADERS", "MIDDLEWARES", "SERVER", "RateLimit", "set_headers"]
