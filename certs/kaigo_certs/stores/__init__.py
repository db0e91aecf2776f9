"""Stores into which a kept certificate is installed; the public names are in :mod:`kaigo_certs`."""
