"""Who needs a key for receipts."""

from pathlib import Path
from typing import Any

import pytest

from graphql_api.receipt_keys import receipt_issuer, receipt_tokens
from runtime.settings import Profile, Settings, SettingsProblem
from tests.cli.test_keys import PRODUCTION
from tests.receipts.kit import claims

ISSUERS = (
    '[{"issuer": "https://id.example.cn", "audience": "clearway",'
    ' "jwksUrl": "https://id.example.cn/jwks.json", "kind": "citizen"}]'
)


def production(folder: Path, monkeypatch: pytest.MonkeyPatch, **changed: Any) -> Settings:
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("CLEARWAY_ISSUERS", ISSUERS)
    return Settings(data_dir=folder, **changed)


def test_a_trial_makes_its_own(tmp_path: Path) -> None:
    settings = Settings(profile=Profile.DEV, data_dir=tmp_path)

    first, again = receipt_issuer(settings), receipt_issuer(settings)

    assert first is not None
    assert again is not None
    assert again.genuine_claims(first.sign(claims())) == claims()


@pytest.mark.parametrize(
    "paying", [{"alipay_app_id": "2021000000000000"}, {"wechat_pay_merchant_id": "1900000001"}]
)
def test_production_that_takes_payments_needs_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, paying: dict[str, str]
) -> None:
    settings = production(tmp_path, monkeypatch, **({"alipay_app_id": ""} | paying))

    with pytest.raises(SettingsProblem, match=r"run clearway keys rotate --receipts\.$"):
        receipt_issuer(settings)
    assert [*tmp_path.iterdir()] == []


def test_production_without_payments_needs_none_and_signs_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = production(tmp_path, monkeypatch, alipay_app_id="")

    issuer = receipt_issuer(settings)

    tokens = receipt_tokens(settings, issuer)
    assert issuer is None
    assert tokens.genuine_claims("x.y.z") is None
    with pytest.raises(RuntimeError, match="no key for receipts"):
        tokens.sign(claims())
    assert [*tmp_path.iterdir()] == []


def test_who_once_took_payments_still_verifies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = receipt_issuer(Settings(profile=Profile.DEV, data_dir=tmp_path))
    assert trial is not None
    settings = production(tmp_path, monkeypatch, alipay_app_id="")

    issuer = receipt_issuer(settings)

    assert issuer is not None
    assert issuer.genuine_claims(trial.sign(claims())) == claims()
