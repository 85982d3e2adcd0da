import json
from typing import Any

import pytest
from pydantic import ValidationError

from graphql_api.tokens import TrustedIssuer
from runtime.issuers import parse_issuers

entry = {
    "issuer": "https://id.example.gov.cn",
    "audience": "clearway",
    "jwksUrl": "https://id.example.gov.cn/jwks.json",
    "kind": "citizen",
}


def test_configured_issuers_are_trusted() -> None:
    narrow = {**entry, "audience": "officers", "kind": "officer", "tokenTypes": ["at+jwt"]}

    configs = parse_issuers(json.dumps([entry, narrow]))

    assert [TrustedIssuer.of(config) for config in configs] == [
        TrustedIssuer(entry["issuer"], "clearway", "citizen", jwks_url=entry["jwksUrl"]),
        TrustedIssuer(
            entry["issuer"],
            "officers",
            "officer",
            jwks_url=entry["jwksUrl"],
            token_types=frozenset({"at+jwt"}),
        ),
    ]


BAD: dict[str, Any] = {
    "not a list": entry,
    "not JSON": "issuer=…",
    "unknown member": [{**entry, "algorithms": ["HS256"]}],
    "kind missing": [{k: v for k, v in entry.items() if k != "kind"}],
    "unknown kind": [{**entry, "kind": "admin"}],
    "empty issuer": [{**entry, "issuer": ""}],
    "issuer with a space": [{**entry, "issuer": "https://id.example.gov.cn "}],
    "issuer with a line feed": [{**entry, "issuer": "https://id.example.gov.cn\n"}],
    "empty audience": [{**entry, "audience": ""}],
    "no URL": [{**entry, "jwksUrl": "id.example.gov.cn"}],
    "file URL": [{**entry, "jwksUrl": "file:///etc/passwd"}],
    "user in URL": [{**entry, "jwksUrl": "https://a:b@id.example.gov.cn/"}],
    "unknown type": [{**entry, "tokenTypes": ["id+jwt"]}],
    "no type": [{**entry, "tokenTypes": []}],
    "twice": [entry, {**entry, "kind": "officer"}],
}


@pytest.mark.parametrize("value", BAD.values(), ids=BAD)
def test_mistakes_stop_the_start(value: object) -> None:
    with pytest.raises(ValidationError):
        parse_issuers(value if isinstance(value, str) else json.dumps(value))
