"""What we sign: requests, and the parameters with which a mini-program asks for the payment."""

import base64

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from domain.payments import WechatRequestPayment
from gateways.wechat_pay.wire import WechatPayWire

SCHEME = "WECHATPAY2-SHA256-RSA2048"


def request_text(method: str, target: str, timestamp: int, nonce: str, body: bytes) -> bytes:
    """
    The five lines of a request that are signed.

    `target` is path and query, and `body` the bytes, exactly as they go out.
    """
    return f"{method}\n{target}\n{timestamp}\n{nonce}\n".encode() + body + b"\n"


def authorization(
    wire: WechatPayWire, method: str, target: str, timestamp: int, nonce: str, body: bytes
) -> str:
    """Write the header that says who asks."""
    signature = signature_of(request_text(method, target, timestamp, nonce, body), wire.private_key)
    return (
        f'{SCHEME} mchid="{wire.merchant_id}",nonce_str="{nonce}",signature="{signature}",'
        f'timestamp="{timestamp}",serial_no="{wire.certificate_serial}"'
    )


def client_parameters(
    wire: WechatPayWire, prepay_id: str, timestamp: int, nonce: str
) -> WechatRequestPayment:
    """Write the arguments of `wx.requestPayment`. The app id is signed, but not among them."""
    package = f"prepay_id={prepay_id}"
    text = f"{wire.app_id}\n{timestamp}\n{nonce}\n{package}\n"
    return WechatRequestPayment(
        time_stamp=str(timestamp),
        nonce_str=nonce,
        package=package,
        sign_type="RSA",
        pay_sign=signature_of(text.encode(), wire.private_key),
    )


def signature_of(text: bytes, key: RSAPrivateKey) -> str:
    """SHA-256 with RSA, PKCS#1 v1.5: the same text always gets the same signature."""
    return base64.b64encode(key.sign(text, PKCS1v15(), SHA256())).decode("ascii")
