"""One sub-command per file: `command`, and an EXAMPLE for its help."""
