"""What the channels ask of those who refund (payments.md 1.3 and 2.3)."""

from datetime import timedelta

from domain.platforms import Channel
from services.payment_channels import RefundTerms

TERMS = {
    Channel.ALIPAY: RefundTerms(
        gap=timedelta(seconds=3),
        ask_after=timedelta(seconds=10),
        most=1000,
        window=timedelta(days=365),
    ),
    Channel.WECHAT: RefundTerms(
        gap=timedelta(seconds=60),
        ask_after=timedelta(seconds=1),
        most=50,
        window=timedelta(days=365),
    ),
}
