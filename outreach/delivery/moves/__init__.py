"""Batches of deliveries and attempts, moved on together."""
