"""Outreach: awareness campaigns that reach people at risk, answer them, and count honestly."""
