"""Documents that are hard to read or to compare: long tokens, repetitions, fragments."""

ROOM = 63_000
# JSON writes a line break as two characters.
HALF = ROOM // 2
FILTER = 'filter: {code: "1", plate: "2", occurredFrom: "2026-01-01", occurredUntil: "2026-01-02"}'
PAGE = "totalCount edges { cursor node { code } } nodes { code description legalBasis points } "
LIST = "violationCodes(search: %s, first: 100) { " + PAGE + "}"


def long_tokens() -> dict[str, str]:
    """Few tokens, many characters."""
    blank = "{ __typename }"

    def argument(text: str) -> str:
        return f"{{ violationCode(code: {text}) {{ code }} }}"

    return {
        "spaces": " " * ROOM + blank,
        "commas": "," * ROOM + blank,
        "newlines": "\n" * HALF + blank,
        "carriage returns": "\r" * HALF + blank,
        "lines and an error": "\n" * HALF + "{ a }",
        "lines and an unclosed set": "\n" * HALF + "{ a ",
        "one comment": "#" + "x" * ROOM + "\n" + blank,
        "Chinese comment": "#" + "渝" * (ROOM // 3) + "\n" + blank,
        "many comments": "#\n" * (ROOM // 3) + blank,
        "string": argument('"' + "x" * ROOM + '"'),
        "string of escapes": argument('"' + "\\n" * (ROOM // 3) + '"'),
        "string of unicode escapes": argument('"' + "\\u0041" * (ROOM // 7) + '"'),
        "string of long escapes": argument('"' + "\\u{41}" * (ROOM // 7) + '"'),
        "string of surrogates": argument('"' + "\\uD83D\\uDE00" * (ROOM // 14) + '"'),
        "string without end": argument('"' + "x" * ROOM),
        "block string": argument('"""' + "x" * ROOM + '"""'),
        "block string of lines": argument('"""' + "\n" * (HALF - 50) + '"""'),
        "block string of short lines": argument('"""' + " x\n" * (ROOM // 4 - 50) + '"""'),
        "block string of quotes": argument('"""' + '\\"""' * (ROOM // 8) + '"""'),
        "integer": argument("9" * ROOM),
        "integer of a page": "{ violationCodes(search: 1, first: "
        + "9" * ROOM
        + ") { totalCount } }",
        "integer of 4000 digits": LIST % ("9" * 4000),
        "float": argument("1." + "9" * ROOM),
        "exponent": argument("1e" + "9" * ROOM),
        "field name": "{ " + "x" * ROOM + " }",
        "type name": "query ($a: " + "x" * ROOM + ") { __typename }",
        "alias": "{ " + "x" * ROOM + ": __typename }",
        "enum value": "{ viewer { violations(orderBy: {field: "
        + "X" * ROOM
        + "}) { totalCount } } }",
        "operation name": "query " + "x" * ROOM + " { __typename }",
        "bad character": blank + "\x00" * (ROOM // 6),
    }


def repetitions() -> dict[str, str]:
    """The same thing as often as the tokens allow."""
    return {
        "typename": "{ " + "__typename " * 997 + "}",
        "too many tokens": "{ " + "a " * (ROOM // 2) + "}",
        "selection sets": "{ " + "viewer { id } " * 249 + "}",
        "nested selection sets": "{ " + "viewer { vehicles { nodes { id } } } " * 110 + "}",
        "pairs at the limit": "{ " + "viewer { id } " * 45 + "}",
        "leaf pairs at the limit": "{ viewer { " + "id " * 63 + "} }",
        "pairs of three levels": "{ " + "viewer { vehicles { nodes { id } } } " * 32 + "}",
        "deep pairs": "{ viewer { vehicles { nodes { violations { nodes { vehicle { violations "
        "{ nodes { vehicle { violations { nodes { " + "id " * 60 + "} } } } } } } } } } } }",
        "equal arguments": "{ " + 'violationCode(code: "1625") { code } ' * 99 + "}",
        "equal arguments at the limit": "{ " + 'violationCode(code: "1625") { code } ' * 45 + "}",
        "equal objects": "{ viewer { " + f"violations({FILTER}) {{ totalCount }} " * 35 + "} }",
        "conflicts": "{ viewer { " + "a: id a: name " * 15 + "} }",
        "conflicting arguments": "{ " + "".join(
            f'violationCode(code: "{n}") {{ code }} ' for n in range(60)) + "}",
        "aliases": "{ viewer { " + "".join(f"a{n}: id " for n in range(30)) + "} }",
        "too many aliases": "{ " + "".join(f"a{n}: __typename " for n in range(330)) + "}",
        "root fields": "{ " + "".join(f"a{n}: __typename " for n in range(11)) + "}",
        "operations": "".join(f"query A{n} {{ viewer {{ id }} }} " for n in range(20)),
        "too many operations": "".join(f"query A{n} {{ __typename }} " for n in range(199)),
        "operations of one name": "query A { __typename } " * 20,
        "anonymous operations": "{ __typename } " * 20,
        "mutations": "mutation { " + "".join(
            f'a{n}: unbindVehicle(input: {{vehicleId: "1"}}) {{ __typename }} '
            for n in range(10)) + "}",
        "skip": "{ " + "__typename @skip(if: false) " * 49 + "}",
        "too many directives": "{ " + "__typename @skip(if: true) " * 140 + "}",
        "one place, many directives": "{ __typename " + "@include(if: true) " * 50 + "}",
        "unknown directives": "{ " + "__typename @incluude " * 49 + "}",
        "inline fragments": "{ " + "... { viewer { id } } " * 62 + "}",
        "nested inline fragments": "{ " + "... { " * 150 + "__typename" + " }" * 150 + " }",
        "nested fields": "{ viewer " + "{ viewer " * 180 + "{ id }" + " }" * 180 + " }",
        "type definitions": "type A { b: Int } " * 120,
        "input definitions": "".join(f"input A{n} {{ b: Int = 1 }} " for n in range(80)),
    }  # fmt: skip


def fragments() -> dict[str, str]:
    """Fragments that multiply, turn in circles or lie about."""
    body = "id name verification licence { id number } "
    doubling = "".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }} " for n in range(48))
    nested = "".join(
        f"fragment F{n} on Vehicle {{ a: violations {{ nodes {{ vehicle {{ ...F{n + 1} }} }} }}"
        f" violations {{ nodes {{ vehicle {{ ...F{n + 1} }} }} }} }} " for n in range(20)
    )  # fmt: skip
    flat = "".join(f"fragment F{n} on Citizen {{ {body}}} " for n in range(30))
    ring = "".join(f"fragment F{n} on Query {{ ...F{(n + 1) % 50} }} " for n in range(50))
    knot = "".join(
        f"fragment F{n} on Query {{ {''.join(f'...F{m} ' for m in range(18))}}} " for n in range(18)
    )
    self_nested = (
        "{ viewer { vehicles { nodes { ...A } } } } fragment A on Vehicle { violations { nodes"
        " { vehicle { ...A } } } more: violations { nodes { vehicle { ...A } } } }"
    )
    small = "".join(f"fragment F{n} on Citizen {{ id __typename }} " for n in range(50))
    spreads = "".join(f"...F{n} " for n in range(50))
    return {
        "doubling fragments": "{ ...F0 } " + doubling + "fragment F48 on Query { __typename }",
        "doubling and nesting": "{ viewer { vehicles { nodes { ...F0 } } } } "
        + nested + "fragment F20 on Vehicle { id }",
        "fragments of equal fields": "{ viewer { " + spreads + "} } " + flat,
        "fifty equal fragments": "{ viewer { " + spreads + "} } " + small,
        "fifty fragments in two places": "{ viewer { " + spreads + "} ... { viewer { " + spreads
        + "} } } " + small,
        "ring of fragments": "{ ...F0 } " + ring,
        "knot of fragments": "{ ...F0 } " + knot,
        "fragment in itself": self_nested,
        "unused fragments": "{ __typename } " + small,
        "unused and doubling": "{ __typename } "
        + doubling + "fragment F48 on Query { __typename }",
        "unused and equal": "{ __typename } fragment A on Query { " + "viewer { id } " * 240 + "}",
        "fragments of one name": "{ ...F } " + "fragment F on Query { __typename } " * 50,
        "unknown spreads": "{ " + "".join(f"...F{n} " for n in range(490)) + "}",
        "spreads of one fragment": "{ " + "...F " * 490 + "} fragment F on Query { __typename }",
        "impossible spreads": "{ viewer { " + "... on Vehicle { id } " * 40 + "} }",
        "operations and a chain": "".join(f"query A{n} {{ ...F0 }} " for n in range(20))
        + "".join(f"fragment F{n} on Query {{ ...F{n + 1} }} " for n in range(49))
        + "fragment F49 on Query { __typename }",
        "variables through fragments": "".join(
            f"query A{n}($a: ID!) {{ ...F0 }} " for n in range(20))
        + "".join(f"fragment F{n} on Query {{ node(id: $a) {{ id }} ...F{n + 1} }} "
                  for n in range(40))
        + "fragment F40 on Query { __typename }",
    }  # fmt: skip
