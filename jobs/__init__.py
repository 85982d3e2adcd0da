"""The queue door: the worker, and how it is woken."""
