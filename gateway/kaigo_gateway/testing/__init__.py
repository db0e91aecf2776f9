"""A kit for the tests of plugins. Opt in with ``pytest_plugins = "kaigo_gateway.testing"``.

Fixtures: ``gateway_settings`` (everything in a temporary folder), ``make_site`` (a site of an invented
office), ``run_check`` (runs one check exactly as the core does) and ``make_gateway`` (an opened Gateway with
given plugins and no others).
"""

from __future__ import annotations

from kaigo_gateway.testing._fixtures import gateway_settings, make_gateway, make_site, run_check

__all__ = ["gateway_settings", "make_gateway", "make_site", "run_check"]
