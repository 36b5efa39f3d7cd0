"""What belongs to one person beside their number: safe contact, linked SIMs, and its end."""
