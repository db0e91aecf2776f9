"""Examples."""

EXAMPLES = {}
