"""
Runs python-alipay-sdk, as it is, in a venv that has nothing of ours.

Reads `{"gateway", "appId", "privateKey", "alipayPublicKey", "steps"}` and prints what came of each
step: `["call", method, biz_content, notify_url]`, `["verify", form]` or `["sign", form]`.
"""

import json
import sys
from collections.abc import Callable
from typing import Any

from alipay import AliPay  # type: ignore[import-not-found]
from alipay.utils import AliPayConfig  # type: ignore[import-not-found]


def call(sdk: Any, method: str, content: Any, notify_url: str) -> Any:
    given = {"notify_url": notify_url} if notify_url else {}
    return sdk.server_api(method, content, **given)


def verify(sdk: Any, form: dict[str, str]) -> bool:
    fields = {name: value for name, value in form.items() if value}
    return bool(sdk.verify(fields, fields.pop("sign")))


def sign(sdk: Any, form: dict[str, str]) -> str:
    return str(sdk.sign_data(form))


def main() -> None:
    job = json.load(sys.stdin)
    sdk = AliPay(
        appid=job["appId"],
        app_notify_url=None,
        app_private_key_string=job["privateKey"],
        alipay_public_key_string=job["alipayPublicKey"],
        sign_type="RSA2",
        config=AliPayConfig(timeout=5),
    )
    sdk._gateway = job["gateway"]
    steps: dict[str, Callable[..., Any]] = {"call": call, "verify": verify, "sign": sign}
    json.dump([steps[step](sdk, *rest) for step, *rest in job["steps"]], sys.stdout)


main()
