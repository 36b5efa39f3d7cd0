"""The commands, one file per group; no rule of its own."""
