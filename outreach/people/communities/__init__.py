"""Registered places and groups, and who belongs to them."""
