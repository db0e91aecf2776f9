"""Judging certificates; the public functions are in :mod:`kaigo_certs`."""
