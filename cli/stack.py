"""The whole stack on one machine: which processes it has and what each of them is told."""

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cli.children import Child, Role
from cli.console import ERR
from cli.databases import reaching_database
from cli.dev_folder import DevFolder, DevState
from cli.ports import base_url, check_free
from cli.readiness import database_answers, http_answers, worker_beats
from cli.supervisor import Supervisor
from runtime.databases import embedded, given_url
from runtime.migrations import migrate
from runtime.settings import PREFIX, Profile, Settings
from sandbox.alipay import SANDBOX_APP_ID, SANDBOX_SELLER_ID
from sandbox.police import DEFAULT_SERIAL
from sandbox.wechat import WECHAT_APP_ID, WECHAT_APP_SECRET
from sandbox.wechatpay import (
    SANDBOX_CERTIFICATE_SERIAL,
    SANDBOX_MERCHANT_ID,
    SANDBOX_PUBLIC_KEY_ID,
)

SANDBOX_HOST = "127.0.0.1"
POLICE_PATH = "/trffweb/services/TmriOutNewAccess"
# Stopping PostgreSQL by force leaves it behind without a parent: it is quick when asked.
DATABASE_GRACE_SECONDS = 40.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What `clearway dev` was asked for."""

    settings: Settings
    sandbox_port: int
    citizens: int
    seed: int

    @property
    def api_url(self) -> str:
        """Where the API listens."""
        return base_url(self.settings.host, self.settings.port)

    @property
    def sandbox_url(self) -> str:
        """Where the simulated upstreams listen."""
        return base_url(SANDBOX_HOST, self.sandbox_port)

    @property
    def tabs_file(self) -> Path:
        """Where our tabs for GraphiQL are written."""
        return self.settings.data_dir / "graphiql-tabs.json"

    @property
    def platform_keys(self) -> Path:
        """Where the sandbox's Alipay leaves the keys it gave us."""
        return self.settings.data_dir / "keys" / "platforms"

    def check_ports(self) -> None:
        """:raises Problem: if somebody listens there"""
        check_free(self.settings.host, self.settings.port, "--port")
        check_free(SANDBOX_HOST, self.sandbox_port, "--sandbox-port")

    def environment(self, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
        """What the children are told: all the user set, and the rest of what they need."""
        settings = self.settings
        always = {
            "PROFILE": Profile.DEV.value,
            "DATA_DIR": str(settings.data_dir),
            "HOST": settings.host,
            "PORT": str(settings.port),
        }
        unless_set = {
            "PUBLIC_URL": self.api_url,
            "GRAPHIQL_TABS": str(self.tabs_file),
            "POLICE_URL": self.sandbox_url + POLICE_PATH,
            "POLICE_SERIAL": DEFAULT_SERIAL,
            "ALIPAY_URL": f"{self.sandbox_url}/alipay/gateway.do",
            "ALIPAY_APP_ID": SANDBOX_APP_ID,
            "ALIPAY_PRIVATE_KEY_FILE": str(self.platform_keys / "alipay-app.pem"),
            "ALIPAY_PUBLIC_KEY_FILE": str(self.platform_keys / "alipay-platform-public.pem"),
            "ALIPAY_SELLER_ID": SANDBOX_SELLER_ID,
            "ALIPAY_FEE_PER_TEN_THOUSAND": "60",
            "WECHAT_PAY_FEE_PER_TEN_THOUSAND": "60",
            "WECHAT_URL": f"{self.sandbox_url}/wechat",
            "WECHAT_APP_ID": WECHAT_APP_ID,
            "WECHAT_APP_SECRET": WECHAT_APP_SECRET,
            "WECHAT_PAY_URL": f"{self.sandbox_url}/wechatpay",
            "WECHAT_PAY_MERCHANT_ID": SANDBOX_MERCHANT_ID,
            "WECHAT_PAY_CERTIFICATE_SERIAL": SANDBOX_CERTIFICATE_SERIAL,
            "WECHAT_PAY_PRIVATE_KEY_FILE": str(self.platform_keys / "wechatpay-merchant.pem"),
            "WECHAT_PAY_APIV3_KEY_FILE": str(self.platform_keys / "wechatpay-apiv3.key"),
            "WECHAT_PAY_PUBLIC_KEY_ID": SANDBOX_PUBLIC_KEY_ID,
            "WECHAT_PAY_PUBLIC_KEY_FILE": str(self.platform_keys / "wechatpay-public.pem"),
        }
        return {
            **{PREFIX + name: value for name, value in unless_set.items()},
            **environ,
            **{PREFIX + name: value for name, value in always.items()},
            "PYTHONUTF8": "1",
            "PYTHONUNBUFFERED": "1",
        }


class Stack:
    """The processes of one plan under one supervisor."""

    def __init__(self, plan: Plan, folder: DevFolder) -> None:
        self.supervisor = Supervisor(ERR.print, self.note)
        self._plan = plan
        self._folder = folder

    async def start(self) -> None:
        """
        Start everything; the API answers when this returns.

        :raises Problem: if something does not start
        """
        # The database and the sandbox do not need each other; the API needs both.
        async with asyncio.TaskGroup() as group:
            group.create_task(self._prepare_database())
            group.create_task(self.supervisor.start(self._child(self._sandbox())))
        await self.supervisor.start(self._child(self._api()))
        await self.supervisor.start(self._child(self._worker()))
        self.note()

    async def stop(self) -> None:
        """Stop everything in order: worker, the API which drains, sandbox, then PostgreSQL."""
        await self.supervisor.stop()
        self.note()

    async def _prepare_database(self) -> None:
        settings = self._plan.settings
        url = given_url(settings)
        if url is None:
            await self.supervisor.start(self._child(self._database()))
            url = embedded(settings).url
        await asyncio.to_thread(_migrate, url)

    def note(self) -> None:
        """Write down what runs, for `clearway tour`, `token` and `doctor`."""
        plan, pids = self._plan, self.supervisor.pids()
        if pids:
            pids["supervisor"] = os.getpid()
        self._folder.write(DevState(plan.api_url, plan.sandbox_url, plan.seed, plan.citizens, pids))

    def _child(self, role: Role) -> Child:
        return Child(role, self._plan.environment(), (self._folder.children_lock,))

    def _database(self) -> Role:
        return Role(
            "database",
            ("database",),
            self._folder.log("database"),
            partial(database_answers, self._plan.settings),
            grace_seconds=DATABASE_GRACE_SECONDS,
            hurried_grace_seconds=DATABASE_GRACE_SECONDS,
        )

    def _sandbox(self) -> Role:
        plan = self._plan
        options = {
            "--host": SANDBOX_HOST,
            "--port": plan.sandbox_port,
            "--citizens": plan.citizens,
            "--seed": plan.seed,
            "--keys": plan.platform_keys,
        }
        return Role(
            "sandbox",
            ("sandbox", "--slow", *(f"{name}={value}" for name, value in options.items())),
            self._folder.log("sandbox"),
            partial(http_answers, f"{plan.sandbox_url}/control/scenarios"),
        )

    def _api(self) -> Role:
        return Role(
            "API",
            ("serve",),
            self._folder.log("api"),
            partial(http_answers, f"{self._plan.api_url}/readyz"),
        )

    def _worker(self) -> Role:
        settings = self._plan.settings
        return Role(
            "worker",
            ("worker",),
            self._folder.log("worker"),
            partial(worker_beats, settings),
        )


def _migrate(url: str) -> None:
    with reaching_database():
        migrate(url)
