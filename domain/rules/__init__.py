"""The rulebook: what a city has decided where the law leaves room, by date and with its source."""
