"""Prebuilt statements and the connections that run them."""
