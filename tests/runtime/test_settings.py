"""Settings."""

import base64
import json
from typing import Any

import pytest

from runtime.settings import Profile, SettingsProblem, load_settings

KEY = base64.b64encode(bytes(range(32))).decode()
ISSUER = {
    "issuer": "https://id.example.cn",
    "audience": "clearway",
    "jwksUrl": "https://id.example.cn/jwks.json",
    "kind": "citizen",
}
SOUND = {
    "CLEARWAY_DATABASE_URL": "postgresql://clearway:hunter2@db.example/clearway",
    "CLEARWAY_DATA_KEY": KEY,
    "CLEARWAY_ISSUERS": json.dumps([ISSUER]),
    "CLEARWAY_POLICE_SERIAL": "s3cret",
    "CLEARWAY_POLICE_URL": "http://10.0.0.5/trffweb/services/TmriOutNewAccess",
    "CLEARWAY_PUBLIC_URL": "https://clearway.example.cn",
}


def load(monkeypatch: pytest.MonkeyPatch, environ: dict[str, str]) -> Any:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    return load_settings()


def test_a_sound_production_starts_and_prints_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, SOUND)

    assert settings.profile is Profile.PRODUCTION
    assert settings.longest_token_life == 3600
    printed = repr(settings) + str(settings)
    for secret in (KEY, "hunter2", "s3cret"):
        assert secret not in printed
    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"CLEARWAY_DATABASE_URL": None}, "database_url"),
        ({"CLEARWAY_DATA_KEY": None}, "data_key"),
        ({"CLEARWAY_DATA_KEY": "c2hvcnQ="}, "base64 of 32 random bytes"),
        ({"CLEARWAY_ISSUERS": None}, "issuers"),
        (
            {"CLEARWAY_ISSUERS": json.dumps([ISSUER | {"jwksUrl": "http://id.example.cn/j"}])},
            "https",
        ),
        ({"CLEARWAY_ISSUERS": "not json"}, "JSON"),
        ({"CLEARWAY_ISSUERS": json.dumps([ISSUER | {"kind": "admin"}])}, "ISSUERS"),
        ({"CLEARWAY_ISSUERS": json.dumps([ISSUER, ISSUER])}, "twice"),
        ({"CLEARWAY_POLICE_SERIAL": None}, "police_serial"),
        ({"CLEARWAY_POLICE_URL": "http://127.0.0.1:8100/x"}, "police_url"),
        ({"CLEARWAY_PUBLIC_URL": "http://clearway.example.cn"}, "public_url"),
        ({"CLEARWAY_LOG_LEVEL": "debug"}, "DEBUG"),
        ({"CLEARWAY_TOKEN_MAX_LIFE_SECONDS": "7200"}, "token_max_life_seconds"),
        ({"CLEARWAY_MIRROR_SOFT_AGE_SECONDS": "9999999"}, "mirror_soft_age_seconds"),
        ({"CLEARWAY_PORT": "eighty"}, "CLEARWAY_PORT"),
        ({"CLEARWAY_POLICE_SERAIL": "x"}, "Unknown setting CLEARWAY_POLICE_SERAIL"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, changed: dict[str, str | None], said: str
) -> None:
    environ = {n: v for n, v in (SOUND | changed).items() if v is not None}

    with pytest.raises(SettingsProblem, match=said) as problem:
        load(monkeypatch, environ)

    assert "hunter2" not in str(problem.value)
    assert "\n" not in str(problem.value)
