"""Referrals: a service that a person chose, and whether it took over, with each step's time."""
