"""What a person was asked last: a digit is understood after it, even days later (S7)."""
