"""What of help conversations is kept, how long (S20), and how one is sealed at once (S23)."""
