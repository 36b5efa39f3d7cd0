"""Audiences that are kept under a name, for campaigns to come."""
