"""Hooks for the gateway, the console and the donor page; no rule of its own."""
