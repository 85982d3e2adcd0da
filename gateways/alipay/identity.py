"""Who somebody is, by Alipay: their account at sign-in, and their face or document."""

import logging
import unicodedata
from dataclasses import dataclass
from typing import Any

from domain.platforms import (
    AuthCodeProblem,
    AuthCodeRefused,
    CertifyMethod,
    CertifyTicket,
    Channel,
    PlatformAccount,
)
from gateways.alipay.client import AlipayClient
from gateways.alipay.verdicts import AlipayRefused, broken, turned_away
from gateways.platform_ids import account, check_auth_code, is_opaque
from gateways.strict_json import read_object

logger = logging.getLogger("clearway.alipay")

TOKEN = "alipay.system.oauth.token"  # noqa: S105
OPEN_CHECK = "alipay.user.certify.open.initialize"
CHECK_PAGE = "alipay.user.certify.open.certify"
CHECK_RESULT = "alipay.user.certify.open.query"

# Wrong, used or expired; or another app's.
CODE_PROBLEMS = frozenset({"isv.code-invalid", "isv.unmatched-app-id"})
# Never opened, or too long ago.
NO_SUCH_CHECK = frozenset({"OPEN_CERTIFY_BILL_NOT_EXIST", "CERTIFY_ID_EXPIRED"})
BIZ_CODES = {CertifyMethod.FACE: "FACE", CertifyMethod.DOCUMENT_PHOTO: "CERT_PHOTO"}


@dataclass(frozen=True, slots=True)
class AlipayIdentity:
    """Alipay's word on people. Every method answers, or raises UpstreamUnavailable."""

    client: AlipayClient

    async def account_of(self, auth_code: str) -> PlatformAccount:
        """
        Exchange a mini-program's authorisation code; it is used up, whatever happens.

        :raises AuthCodeRefused: INVALID
        """
        check_auth_code(auth_code)
        params = {"grant_type": "authorization_code", "code": auth_code}
        try:
            node = await self.client.call(TOKEN, params=params)
        except AlipayRefused as refused:
            if refused.sub_code in CODE_PROBLEMS:
                raise AuthCodeRefused(AuthCodeProblem.INVALID) from None
            raise turned_away(TOKEN, refused) from None
        # Newer applications get an open_id, older ones a user_id. The tokens beside it end here.
        open_id = node.get("open_id") or node.get("user_id")
        app_id = self.client.wire.app_id
        found = account(Channel.ALIPAY, app_id, open_id, node.get("union_id"))
        if found is None:
            raise broken("no usable id")
        return found

    async def open_check(
        self,
        order_number: str,
        *,
        name: str,
        identity_number: str,
        method: CertifyMethod,
        return_url: str,
    ) -> CertifyTicket:
        """
        Open a check of a person who then goes through it at Alipay.

        `order_number` is ours: 32 letters and digits, new for every check.
        """
        biz_content = {
            "outer_order_no": order_number,
            "biz_code": BIZ_CODES[method],
            "identity_param": {
                "identity_type": "CERT_INFO",
                "cert_type": "IDENTITY_CARD",
                "cert_name": name,
                "cert_no": identity_number,
            },
            "merchant_config": {"return_url": return_url},
        }
        try:
            node = await self.client.call(OPEN_CHECK, biz_content=biz_content)
        except AlipayRefused as refused:
            raise turned_away(OPEN_CHECK, refused) from None
        certify_id = node.get("certify_id")
        if not is_opaque(certify_id):
            raise broken("no usable certify_id")
        url = self.client.signed_url(CHECK_PAGE, {"certify_id": certify_id}, return_url)
        return CertifyTicket(certify_id, url)

    async def check_result(self, certify_id: str, *, name: str, identity_number: str) -> bool:
        """
        Ask whether this person passed; what the phone says can be forged.

        False also while the check is going on: Alipay does not tell it from a failure.
        """
        try:
            node = await self.client.call(CHECK_RESULT, biz_content={"certify_id": certify_id})
        except AlipayRefused as refused:
            if refused.sub_code in NO_SUCH_CHECK:
                return False
            raise turned_away(CHECK_RESULT, refused) from None
        if node.get("passed") != "T":
            return False
        return _names(node.get("identity_info"), name, identity_number)


def _names(identity_info: Any, name: str, identity_number: str) -> bool:
    """Whether a check was about this person. Mostly Alipay leaves the person out."""
    person = _person(identity_info)
    if not person:
        return True
    wanted = {"cert_name": name, "cert_no": identity_number}
    told = {part: person[part] for part in wanted if person.get(part)}
    if not told:
        raise broken("identity_info without a person")
    if any(_plain(value) != _plain(wanted[part]) for part, value in told.items()):
        logger.error("a check was passed by somebody else")
        return False
    return True


def _person(identity_info: Any) -> dict[str, Any]:
    if not identity_info or isinstance(identity_info, dict):
        return identity_info or {}
    try:
        return read_object(identity_info)
    except (TypeError, ValueError):
        pass
    raise broken("identity_info that is no object")


def _plain(text: object) -> str:
    """Letters and digits only: names of many have a dot in them, which is typed in many ways."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", str(text)).upper()))
