"""What a person does with the phone, or WeChat with a person, done by a test."""

from dataclasses import dataclass

from aiohttp import web

from sandbox.platforms.accounts import holder
from sandbox.platforms.control import Control, Wanted, optional_text, whole_number
from sandbox.wechat.desk import Desk


def add_control(app: web.Application, desk: Desk) -> None:
    own = WechatControl(desk)
    actions = {"codes": own.give_code, "blocked": own.block}
    Control(desk.switchboard, desk.log, desk.clock).add_to(app, actions)


@dataclass(frozen=True, slots=True)
class WechatControl:
    desk: Desk

    def give_code(self, wanted: Wanted) -> object:
        """`{"citizen", "appId"?}`: what `wx.login` gives."""
        logins = self.desk.logins
        app_id = optional_text(wanted, "appId") or logins.settings.app_id
        return {"code": logins.codes.issue(app_id, self._citizen(wanted))}

    def block(self, wanted: Wanted) -> object:
        """`{"citizen", "blocked"?}`; answers who is blocked."""
        blocked = wanted.get("blocked", True)
        if not isinstance(blocked, bool):
            raise ValueError("blocked must be true or false")
        citizen = self._citizen(wanted)
        if blocked:
            self.desk.logins.blocked.add(citizen)
        else:
            self.desk.logins.blocked.discard(citizen)
        return {"blocked": sorted(self.desk.logins.blocked)}

    def _citizen(self, wanted: Wanted) -> int:
        return holder(self.desk.city, whole_number(wanted, "citizen")).index
