"""One class per upstream system: the only way to call out. Values in, domain values out."""
