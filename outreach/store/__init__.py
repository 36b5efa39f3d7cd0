"""The database: engine, transactions, dialect differences, migrations and the fact ledger."""
