"""The vault; its public names are in :mod:`kaigo_certs`."""
