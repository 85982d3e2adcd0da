"""Where everything stands in a TOML text."""

import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.rules.toml_lines import Path, lines_of

TRICKY = '''# [[rule."a.b"]] value = 1
title = "x = [1, # no comment" # [table]
[city]
name = {zh = "重庆", en = 'C{]}'}
[[rule."a.b"]]
value = [
  1, # one
  "]", # two

  {deep = [2]},
]
[[rule."a.b"]]
"from" = 2017-07-01
value.sub = """
[[rule."a.b"]]
value = 3 \\""" still
"""""
[rule."a.b".more]
\'quoted key\' = 1.5
[[rule.a.b]]
when = 2017-07-01 08:00:00
last = \'\'\'
'one'\'\'\'
end = [] # [x]
'''


def test_what_looks_like_a_key_is_none() -> None:
    assert lines_of(TRICKY) == {
        ("title",): 2,
        ("city",): 3,
        ("city", "name"): 4,
        ("city", "name", "zh"): 4,
        ("city", "name", "en"): 4,
        ("rule",): 5,
        ("rule", "a.b"): 5,
        ("rule", "a.b", 0): 5,
        ("rule", "a.b", 0, "value"): 6,
        ("rule", "a.b", 0, "value", 0): 7,
        ("rule", "a.b", 0, "value", 1): 8,
        ("rule", "a.b", 0, "value", 2): 10,
        ("rule", "a.b", 0, "value", 2, "deep"): 10,
        ("rule", "a.b", 0, "value", 2, "deep", 0): 10,
        ("rule", "a.b", 1): 12,
        ("rule", "a.b", 1, "from"): 13,
        ("rule", "a.b", 1, "value"): 14,
        ("rule", "a.b", 1, "value", "sub"): 14,
        ("rule", "a.b", 1, "more"): 18,
        ("rule", "a.b", 1, "more", "quoted key"): 19,
        ("rule", "a"): 20,
        ("rule", "a", "b"): 20,
        ("rule", "a", "b", 0): 20,
        ("rule", "a", "b", 0, "when"): 21,
        ("rule", "a", "b", 0, "last"): 22,
        ("rule", "a", "b", 0, "end"): 24,
    }
    assert lines_of(TRICKY.replace("\n", "\r\n")) == lines_of(TRICKY)


def paths_in(data: Any, path: Path = ()) -> set[Path]:
    """The path of everything that tomllib reads."""
    pairs = data.items() if isinstance(data, dict) else enumerate(data)
    found = {(*path, name) for name, _ in pairs}
    for name, child in data.items() if isinstance(data, dict) else enumerate(data):
        if isinstance(child, dict | list):
            found |= paths_in(child, (*path, name))
    return found


VALUES = [
    '"a # b"',
    "'[x]'",
    '"\\"]\\\\"',
    '"""two\nlines = 1 # no\n[[no]]"""',
    "'''\n\"\"\" = '''",
    '"""ends with a mark""""',
    "2017-07-01",
    "2017-07-01 08:00:00",
    "-1.5e3",
    "[]",
    "[1,\n # ]\n [2, {a = 1}], # x\n]",
    "{a.b = [1], 'c d' = \"}\"}",
    "{}",
    "true",
]
NAMES = ["n{}", '"q.{}"', "'l {}'", "d.e{}", '"\\u0061{}"']
HEADERS = ["[t{}]", "[[a]]", '[[b."c.d"]]', "[a.sub{}]", "[b.'c.d'.x{}]", "[e.f{}.g]"]
NOISE = ["", "   ", "# comment [x] = 'y", '\t# "', "\r"]


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A text whose names are all different, so that tomllib takes most of them."""
    lines = []
    for number in range(draw(st.integers(0, 12))):
        kind = draw(st.sampled_from(["name", "header", "noise"]))
        if kind == "name":
            name, value = draw(st.sampled_from(NAMES)), draw(st.sampled_from(VALUES))
            lines.append(f"  {name.format(number)} =  {value} # {number}")
        else:
            lines.append(
                draw(st.sampled_from(HEADERS if kind == "header" else NOISE)).format(number)
            )
    return "\n".join(lines)


@given(documents())
def test_everything_that_tomllib_reads_has_its_line(text: str) -> None:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    found = lines_of(text)

    assert found.keys() == paths_in(data)
    rows = text.split("\n")
    for path, line in found.items():
        last = path[-1]
        if isinstance(last, str) and last[-1].isdecimal():
            assert last[-1] in rows[line - 1]
