"""Requests of authorities for data: each has a written path, decided by two people (S26)."""
