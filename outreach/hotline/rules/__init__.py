"""Pure decisions of the hotline."""
