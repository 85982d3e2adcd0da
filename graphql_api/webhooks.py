"""POST /webhooks/{channel}: what payment channels tell. It is acknowledged once committed."""

import logging

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from domain.deadlines import within
from domain.failures import Failure, where
from domain.payments import BadNotice, NotGenuine
from domain.platforms import Channel
from services.payments.notices import NoSuchChannel, NoticeService

log = logging.getLogger("clearway.notices")

# WeChat Pay waits five seconds for the answer.
SECONDS = 4.0
MOST_BYTES = 64 * 1024


class Webhooks:
    """
    The doors of the channels.

    The body is taken as the very bytes that came: what is signed is not what a parser makes of it.
    What is not genuine changes nothing, and neither does what is not acknowledged.
    """

    def __init__(self, notices: NoticeService) -> None:
        self._notices = notices

    async def alipay(self, request: Request) -> Response:
        """Alipay wants the word `success`, and nothing else (payments.md 1.6)."""
        status = await self._receive(Channel.ALIPAY, request)
        return PlainTextResponse("success" if status == 200 else "fail", status)

    async def wechatpay(self, request: Request) -> Response:
        """WeChat Pay wants a 2xx; everything else it sends again (payments.md 2.6)."""
        status = await self._receive(Channel.WECHAT, request)
        if status == 200:
            return JSONResponse({"code": "SUCCESS"})
        return JSONResponse({"code": "FAIL", "message": "not accepted"}, status)

    async def _receive(self, channel: Channel, request: Request) -> int:
        """Take a notice in; the HTTP status to answer with."""
        try:
            body = await _body(request)
            if body is None:
                return 413
            with within(SECONDS):
                await self._notices.receive(channel, request.headers, body)
        except NoSuchChannel:
            return 404
        except NotGenuine as doubt:
            log.warning("a notice that nobody vouches for: channel=%s, %s", channel, doubt)
            return 401
        except BadNotice as bad:
            log.error("a genuine notice that is not for us: channel=%s, %s", channel, bad)
            return 400
        except Failure as failure:
            log.warning("a notice cannot be taken now: %s", failure.text_key)
            return 503
        except ClientDisconnect:
            return 400
        except Exception as error:
            # Its text may hold personal data.
            log.error("a notice could not be taken: %s", where(error))
            return 500
        return 200


async def _body(request: Request) -> bytes | None:
    """The whole body, unless it is longer than a notice can be."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            return None
    return bytes(body)
