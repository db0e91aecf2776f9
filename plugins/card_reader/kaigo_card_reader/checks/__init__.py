"""The checks of stage ``reader`` and what they put on record."""
