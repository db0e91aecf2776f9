"""Reading certificate files; the public functions are in :mod:`kaigo_certs`."""
