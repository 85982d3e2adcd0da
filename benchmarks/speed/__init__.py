"""What a citizen's read costs, ours and others', side by side."""
