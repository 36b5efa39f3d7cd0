"""How sending stands: queue, pace, errors, who is at work; for people and for Prometheus."""
