"""Whoever is on duty learns that somebody waits, and what the shift before leaves open.

An alert names nothing and nobody (S1, S2): a worker's phone can be seen by others too. It holds no
number: that stays with the account, and is looked up when the alert leaves.
"""
