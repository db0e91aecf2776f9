"""Claims and assessments of a grant (contract: ``grant assess``). Filled in by the subsidy work."""
