"""Pure decisions of delivery: states and moves, retry, what an outcome means."""
