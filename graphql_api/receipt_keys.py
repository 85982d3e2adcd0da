"""Who signs the receipts of a deployment."""

from domain.times import Clock, utc_now
from graphql_api.tokens.key_ring import stamps_in
from graphql_api.tokens.receipts import ReceiptIssuer
from runtime.receipt_keys import receipt_keys_dir
from runtime.settings import Settings, SettingsProblem
from services.receipt_tokens import NO_TOKENS, ReceiptTokens


def receipt_issuer(settings: Settings, clock: Clock = utc_now) -> ReceiptIssuer | None:
    """
    The signer of receipts; None in a production system where nobody pays, or ever has.

    :raises SettingsProblem: if a key cannot be used, or there is none and this is production
    """
    folder = receipt_keys_dir(settings)
    takes_payments = settings.alipay_app_id or settings.wechat_pay_merchant_id
    try:
        if not (settings.is_dev or takes_payments or stamps_in(folder)):
            return None
        return ReceiptIssuer.load(folder, create=settings.is_dev, clock=clock)
    except ValueError as error:
        raise SettingsProblem(f"{error}.") from error


def receipt_tokens(settings: Settings, issuer: ReceiptIssuer | None) -> ReceiptTokens:
    """What the services need of the issuer."""
    if issuer is None:
        return NO_TOKENS
    return ReceiptTokens(settings.own_issuer, issuer.sign, issuer.genuine_claims)
