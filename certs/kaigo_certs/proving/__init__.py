"""Proofs that need the network or a browser; the public names are in :mod:`kaigo_certs`."""
