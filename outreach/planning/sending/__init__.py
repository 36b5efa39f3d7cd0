"""What is decided again at the moment of sending, and what a campaign may cost."""
