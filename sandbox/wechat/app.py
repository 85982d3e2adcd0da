"""The HTTP side: the login of mini-programs, and the control endpoints."""

from dataclasses import dataclass, field

from aiohttp import web

from sandbox.city import City
from sandbox.platforms.door import Door
from sandbox.wechat.control import add_control
from sandbox.wechat.desk import JSCODE2SESSION, Desk
from sandbox.wechat.settings import WechatSandboxSettings


def wechat_app(city: City, settings: WechatSandboxSettings | None = None) -> web.Application:
    """WeChat, as one app meets it: `/sns/jscode2session`. It can be mounted anywhere."""
    app = web.Application()
    server = Server(Desk.open(city, settings or WechatSandboxSettings()))
    app.on_shutdown.append(server.door.close)
    app.router.add_route("*", "/sns/jscode2session", server.login)
    add_control(app, server.desk)
    return app


@dataclass(slots=True)
class Server:
    desk: Desk
    door: Door = field(default_factory=Door)

    async def login(self, request: web.Request) -> web.StreamResponse:
        active = self.desk.switchboard.take(JSCODE2SESSION)
        return await self.door.answer(
            request, active, lambda: self.desk.login(request.method, request.query, active)
        )
