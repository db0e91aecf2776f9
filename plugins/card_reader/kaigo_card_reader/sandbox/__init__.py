"""A private PC/SC stack with virtual readers and virtual My Number cards, for the demo and for tests."""
