"""The link: connection, rehearsal of one sending, the bundle with the platform's support."""
