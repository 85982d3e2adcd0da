"""Drafting a revision."""

from pathlib import Path

from cli.draft_migration import draft


def test_models_and_revisions_agree_so_a_draft_is_empty(tmp_path: Path) -> None:
    made = draft("nothing to see", tmp_path)

    assert made.parent == tmp_path
    text = made.read_text("utf-8")
    assert text.count("    pass") == 2
    assert "nothing to see" in text
