"""The story of a car owner, played over HTTP against real processes."""
