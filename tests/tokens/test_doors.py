"""Whom a deployment trusts."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.principals import Citizen, Officer, Principal
from graphql_api.doors import open_verifier, own_issuer, trusted_issuers
from graphql_api.tokens import InvalidToken
from runtime.settings import Profile, Settings, SettingsProblem
from services.access_tokens import nobody_signs
from tests.tokens.kit import IDENTITY_NUMBER, Clock, open_identity, refused, sealed
from tests.tokens.signing_keys import put

OWN = "urn:clearway"
OUTSIDE = {
    "issuer": "https://id.example.cn",
    "audience": "clearway",
    "jwksUrl": "https://id.example.cn/jwks.json",
    "kind": "citizen",
}


def trial(folder: Path) -> Settings:
    return Settings(profile=Profile.DEV, data_dir=folder)


def production(folder: Path, **changed: Any) -> Settings:
    values: dict[str, Any] = {
        "profile": Profile.PRODUCTION,
        "data_dir": folder,
        "database_url": "postgresql://clearway@db.example/clearway",
        "data_key": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "police_serial": "s3cret",
        "police_url": "http://10.0.0.5/trffweb/services/TmriOutNewAccess",
        "public_url": "https://clearway.example.cn",
        "wechat_app_id": "wx0123456789abcdef",
    }
    return Settings(**values | changed)


def keys_of(settings: Settings) -> Path:
    folder = settings.data_dir / "keys" / "signing"
    folder.mkdir(parents=True)
    put(folder, "20261101T000000Z", "good")
    return folder


def test_a_trial_trusts_itself_about_everybody(tmp_path: Path) -> None:
    settings = trial(tmp_path)
    entries = trusted_issuers(settings, own_issuer(settings), open_identity)

    assert [(one.issuer, one.audience, one.kind, one.open_identity) for one in entries] == [
        (OWN, "clearway", "citizen", open_identity),
        (OWN, "clearway-back-office", "officer", None),
    ]


def test_production_trusts_itself_about_citizens_only(tmp_path: Path) -> None:
    settings = production(tmp_path, issuers=(OUTSIDE,))
    keys_of(settings)
    entries = trusted_issuers(settings, own_issuer(settings), open_identity)

    assert [(one.issuer, one.audience, one.kind, one.open_identity) for one in entries] == [
        ("https://id.example.cn", "clearway", "citizen", None),
        (OWN, "clearway", "citizen", open_identity),
    ]


def test_where_nobody_signs_in_with_us_there_is_no_issuer(tmp_path: Path) -> None:
    settings = production(tmp_path, issuers=(OUTSIDE,), wechat_app_id="")

    assert own_issuer(settings) is None
    assert [one.issuer for one in trusted_issuers(settings, None)] == ["https://id.example.cn"]
    with pytest.raises(RuntimeError):
        nobody_signs({}, timedelta(minutes=15))
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("platform", ["alipay_app_id", "wechat_app_id"])
def test_production_is_given_its_keys(tmp_path: Path, platform: str) -> None:
    settings = production(tmp_path, **{"wechat_app_id": "", platform: "x1"})

    with pytest.raises(SettingsProblem, match=r"holds no signing key: run clearway keys rotate\.$"):
        own_issuer(settings)
    assert [*tmp_path.iterdir()] == []

    (file,) = keys_of(settings).iterdir()
    assert own_issuer(settings) is not None
    file.chmod(0o644)
    with pytest.raises(SettingsProblem, match="chmod 600"):
        own_issuer(settings)


def test_the_keys_may_be_elsewhere(tmp_path: Path) -> None:
    put(tmp_path, "20261101T000000Z", "good")

    assert own_issuer(production(tmp_path, signing_keys_dir=tmp_path)) is not None


async def test_an_open_door(tmp_path: Path) -> None:
    clock = Clock()
    settings = production(tmp_path)
    keys_of(settings)
    own = own_issuer(settings, clock.now)
    assert own is not None
    seal = sealed("王小明", IDENTITY_NUMBER)
    asked: list[Principal] = []

    def token(audience: str) -> bytes:
        claims = {"iss": OWN, "aud": audience, "sub": "u-1", "acr": "face"}
        return own.sign(claims | {"sealed_identity": seal}, timedelta(minutes=15)).encode()

    async def is_revoked(who: Citizen | Officer) -> bool:
        asked.append(who)
        return len(asked) > 1

    async with open_verifier(
        settings, own, clock.now, open_identity=open_identity, is_revoked=is_revoked
    ) as verifier:
        citizen = await verifier.principal([b"Bearer " + token("clearway")])
        with refused("revoked"):
            await verifier.principal([b"Bearer " + token("clearway")])
        with pytest.raises(InvalidToken):
            await verifier.principal([b"Bearer " + token("clearway-back-office")])

    assert isinstance(citizen, Citizen)
    assert citizen.identity_number == IDENTITY_NUMBER
    assert asked == [citizen] * 2
