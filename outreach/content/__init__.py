"""What we say: campaign files and their checks, automatic replies, doors, recordings."""
