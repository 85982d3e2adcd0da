"""Tokens that are well formed and well signed, and say what they must not say."""

from typing import Any

from tests.tokens.kit import (
    IDENTITY_NUMBER,
    NOT_A_STRING,
    NOW,
    OTHER_ISSUER,
    Build,
    b64,
    claims,
    header,
    pack,
    rs256,
    sealed,
    sealing,
    with_claims,
    without,
)

now = int(NOW.timestamp())


def bad_issuers() -> dict[str, Build]:
    issuers = (
        "",
        "https://evil.example",
        "https://id.example.gov.cn/",
        "HTTPS://id.example.gov.cn",
    )
    cases = {f"iss {issuer!r}": with_claims(iss=issuer) for issuer in issuers}
    for odd in (*NOT_A_STRING, ["https://id.example.gov.cn"]):
        cases[f"iss {odd!r}"] = with_claims(iss=odd)
    return cases | {"no iss": without("iss")}


def bad_claims() -> dict[str, Build]:
    cases: dict[str, Build] = {f"no {n}": without(n) for n in ("aud", "sub", "exp", "nbf", "iat")}
    for name in ("exp", "nbf", "iat", "auth_time"):
        for odd in (None, *NOT_A_STRING[2:], "", "1762329600", -1, 2**41, 1e300):
            if name == "auth_time" and odd is None:
                continue  # The same as leaving it out.
            cases[f"{name} {odd!r}"] = with_claims(**{name: odd})
    for name in ("sub", "name", "id_number", "acr", "sid"):
        for odd in (*NOT_A_STRING, "", "x" * 256, "a\0b", "a\nb", "\x7f", "\x9f"):
            if name != "sub" and odd is None:
                continue  # The same as leaving it out.
            cases[f"{name} {str(odd)[:9]!r}"] = with_claims(**{name: odd})
    for odd in (
        None,
        1,
        [],
        {},
        "",
        "Clearway",
        "clearway ",
        ["other"],
        ["clearway", 1],
        [["clearway"]],
    ):
        cases[f"aud {odd!r}"] = with_claims(aud=odd)
    for acr in ("BASIC", "2", "face ", "urn:face"):
        cases[f"acr {acr!r}"] = with_claims(acr=acr)
    for number in ("1234", "1" * 33, "1" + IDENTITY_NUMBER[1:] + " ", "１" + IDENTITY_NUMBER[1:]):
        cases[f"id_number {number}"] = with_claims(id_number=number, acr="face")
    return cases | {
        "aud of eleven": with_claims(aud=["clearway"] + ["x"] * 10),
        "too long a life": with_claims(exp=now + 86_401),
        "too long a life, old iat": with_claims(iat=now - 86_400, exp=now + 900),
        "ends before it begins": with_claims(iat=now + 10, exp=now),
        "auth_time to come": with_claims(auth_time=now + 31),
        "bad id_number, acr none": with_claims(id_number="1"),
    }


def bad_seals() -> dict[str, Build]:
    def seal(text: Any, **changes: Any) -> Build:
        return lambda: pack(header(), sealing(sealed_identity=text, **changes))

    good = sealed("王小明", IDENTITY_NUMBER)
    broken = {
        "cut": good[:-8],
        "padded": good + "=" * (-len(good) % 4 or 4),
        "in standard base64": "+/" + good[2:],
        "of nothing": b64("[]"),
        "in clear": "王小明 11010519491231002X",
        "of a wrong number": sealed("王小明", "1234"),
        "of no number": sealed("王小明", ""),
        "of no name": sealed("", IDENTITY_NUMBER),
        "of a long name": sealed("x" * 256, IDENTITY_NUMBER),
        "of a name with a line feed": sealed("王\n小明", IDENTITY_NUMBER),
        "for somebody else": sealed("王小明", IDENTITY_NUMBER, "u-2"),
        "too long": b64("x" * 1024),
        "empty": "",
    }
    odd = {f"{value!r}": value for value in NOT_A_STRING if value is not None}
    cases = {f"seal {name}": seal(text) for name, text in (broken | odd).items()}
    return cases | {
        "seal and name": seal(good, name="王小明"),
        "seal and id_number": seal(good, id_number=IDENTITY_NUMBER),
        "seal and an id_number to be ignored": seal(good, id_number="1", acr="none"),
        "seal of an outside issuer": with_claims(sealed_identity=good, acr="face"),
        "seal of an outside issuer, unreadable": with_claims(sealed_identity="x"),
        "seal of an officer": lambda: pack(
            header(kid="o1"), claims(iss=OTHER_ISSUER, sealed_identity=good), rs256("officers")
        ),
    }


def bad_officers() -> dict[str, Build]:
    def officer(**changes: Any) -> Build:
        return lambda: pack(
            header(kid="o1"), claims(iss=OTHER_ISSUER, **changes), rs256("officers")
        )

    bad_roles: list[Any] = [None, "admin", 1, {}, [1], [None], [""], ["a\0b"]]
    cases = {f"roles {odd!r}": officer(roles=odd) for odd in bad_roles}
    cases["33 roles"] = officer(roles=["r"] * 33)
    cases["long role"] = officer(roles=["r" * 65])
    for name in ("district", "unit", "sid"):
        cases[f"officer's {name} list"] = officer(**{name: ["a"]})
    return cases


def bad_times() -> dict[str, Build]:
    return {
        "expired": with_claims(iat=now - 960, nbf=now - 960, exp=now - 60),
        "expired at the leeway's end": with_claims(iat=now - 930, exp=now - 30),
        "expired in 1970": with_claims(iat=0, nbf=0, exp=1),
    }


def early_times() -> dict[str, Build]:
    return {
        "nbf to come": with_claims(nbf=now + 31),
        "nbf in the year 36,000": with_claims(nbf=2**40),
        "iat to come": with_claims(iat=now + 31),
    }
