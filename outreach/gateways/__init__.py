"""The roads out and in: one port, an adapter per provider; no gateway knows the database."""
