"""The daily reconciliation: our books, a channel's bill and the register, compared."""
