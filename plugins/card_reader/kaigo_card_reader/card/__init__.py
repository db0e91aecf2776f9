"""The My Number card: files, answers to reset, reading without a PIN."""
