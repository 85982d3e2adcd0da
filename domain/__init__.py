"""Values, the law of fines and refusals. Standard library only."""
