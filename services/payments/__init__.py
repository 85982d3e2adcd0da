"""Paying decided fines: begin, settle once, find out what nobody said, tell the register."""
