from collections.abc import Sequence
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter

IssuerKind = Literal["citizen", "officer"]
TokenType = Literal["at+jwt", "JWT"]

# Printable ASCII: what is compared with a token's claim must have one spelling only.
_Name = Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,255}$")]


def _plain_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an absolute https:// URL")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise ValueError("must hold neither a user name, a password nor a fragment")
    return url


class IssuerConfig(BaseModel):
    """
    One trusted issuer of tokens, as CLEARWAY_ISSUERS lists it.

    An issuer may be listed once per audience, so that one issuer can serve both citizens and
    officers. Whether http:// will do for `jwksUrl` is the verifier's decision, not ours.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, validate_by_alias=True, validate_by_name=True
    )

    issuer: _Name
    audience: _Name
    jwks_url: Annotated[_Name, AfterValidator(_plain_url)] = Field(alias="jwksUrl")
    kind: IssuerKind
    token_types: frozenset[TokenType] = Field(
        default=frozenset({"at+jwt", "JWT"}), alias="tokenTypes", min_length=1
    )


def _once_per_audience(configs: tuple[IssuerConfig, ...]) -> tuple[IssuerConfig, ...]:
    refuse_repeats([(config.issuer, config.audience) for config in configs])
    return configs


def refuse_repeats(pairs: Sequence[tuple[str, str]]) -> None:
    """:raises ValueError: if an (issuer, audience) pair is listed twice"""
    repeated = sorted({pair for pair in pairs if pairs.count(pair) > 1})
    if repeated:
        issuer, audience = repeated[0]
        raise ValueError(f"issuer {issuer!r} is listed twice for audience {audience!r}")


# The type of the setting: pydantic-settings reads the JSON and this refuses repeats.
IssuerConfigs = Annotated[tuple[IssuerConfig, ...], AfterValidator(_once_per_audience)]

_configs: TypeAdapter[tuple[IssuerConfig, ...]] = TypeAdapter(IssuerConfigs)


def parse_issuers(text: str) -> tuple[IssuerConfig, ...]:
    """:raises pydantic.ValidationError: if `text` is not a JSON list of distinct issuers"""
    return _configs.validate_json(text)
