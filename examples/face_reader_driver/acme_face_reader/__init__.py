"""Example: a face-authentication reader as a driver of kaigo-gateway."""
