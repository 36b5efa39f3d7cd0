"""Pure rules of reach: what a fact counts for, and which numbers are too small to show."""
