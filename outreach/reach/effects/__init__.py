"""Compares what became of the arms of a campaign."""
