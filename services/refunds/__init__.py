"""Refunds: decided once, given back once, found out what nobody said."""
