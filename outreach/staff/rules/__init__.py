"""Pure decisions about staff."""
