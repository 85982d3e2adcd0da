"""The public contract."""

import subprocess
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    find_breaking_changes,
)

from graphql_api.schema import print_schema

FILE = Path(__file__).parent.parent / "schema.graphql"


def test_the_printed_schema_is_the_one_in_the_repository() -> None:
    assert FILE.read_text(encoding="utf-8") == print_schema(), "run: make schema"


def test_everything_is_described() -> None:
    assert _bare(build_schema(print_schema())) == []


def test_nothing_breaks_against_the_last_release() -> None:
    """The newest tagged schema, else the one of the main branch before this change."""
    before = _schema_of(_last_release() or "HEAD")
    if before is None:
        pytest.skip("no earlier schema to compare with")
    breaking = find_breaking_changes(build_schema(before), build_schema(print_schema()))
    announced = (FILE.parent / "CHANGELOG.md").read_text(encoding="utf-8")
    unannounced = [c.description for c in breaking if c.description not in announced]
    assert unannounced == [], "deprecate first, then name the change in CHANGELOG.md"


def _bare(schema: GraphQLSchema) -> list[str]:
    """Names of types, fields, arguments and values without a description."""
    bare = []
    for name, kind in schema.type_map.items():
        if name.startswith("__") or name in ("String", "Int", "Boolean", "ID", "Float"):
            continue
        parts = {name: kind.description}
        if isinstance(kind, GraphQLEnumType):
            parts |= {f"{name}.{v}": value.description for v, value in kind.values.items()}
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for field_name, field in kind.fields.items():
                parts[f"{name}.{field_name}"] = field.description
                parts |= {
                    f"{name}.{field_name}({a})": argument.description
                    for a, argument in field.args.items()
                }
        if isinstance(kind, GraphQLInputObjectType):
            parts |= {f"{name}.{f}": field.description for f, field in kind.fields.items()}
        bare += [part for part, description in parts.items() if not description]
    return bare


def _git(*arguments: str) -> str | None:
    done = subprocess.run(
        ["git", *arguments], cwd=FILE.parent, capture_output=True, text=True, check=False
    )
    return done.stdout if done.returncode == 0 else None


def _last_release() -> str | None:
    return (_git("describe", "--tags", "--abbrev=0") or "").strip() or None


def _schema_of(revision: str) -> str | None:
    """The schema file at a revision; None where there is none, or no history."""
    return _git("show", f"{revision}:schema.graphql") or None
