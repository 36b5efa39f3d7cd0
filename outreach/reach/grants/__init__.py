"""Grants: what was promised to a donor, what it cost, and what came of it."""
