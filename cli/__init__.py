"""The operator's door: the `clearway` command."""
