"""Use cases: who may, in what order, in which transaction. One file per noun."""
