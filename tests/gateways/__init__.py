"""The police gateway against a register of its own, and against the sandbox."""
