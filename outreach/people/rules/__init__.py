"""Pure decisions about people: consent, numbers, columns, rows."""
