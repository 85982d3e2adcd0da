"""The law of traffic fines as pure functions. Whatever a city may decide comes from its rules."""
