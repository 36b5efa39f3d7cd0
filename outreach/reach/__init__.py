"""Counts honestly: folds the ledger into reach figures, reports them, and hides small numbers."""
