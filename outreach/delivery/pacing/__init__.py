"""The pace that processes share: its book, in memory or in the database."""
