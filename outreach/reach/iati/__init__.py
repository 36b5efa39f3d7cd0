"""Grants as IATI 2.03 activities with results."""
