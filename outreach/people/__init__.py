"""Whom we may speak to: contacts, consent, opt-outs, places, and the import of contact files."""
