"""Homes: what the first fact of each contact says of them."""
