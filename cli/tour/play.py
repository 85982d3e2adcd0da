"""Plays the steps in order. To add one: write it in a file of steps and name it here."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict, dataclass

import aiohttp

from cli.tour.citizen_steps import bind, licence, look_up, token
from cli.tour.expectations import StepFailed
from cli.tour.handling_steps import accept, preview
from cli.tour.law_steps import eligibility, quote
from cli.tour.outage_steps import police_down
from cli.tour.paying_steps import pay_alipay, pay_wechat, settle
from cli.tour.proof_steps import ledger, receipt, write_back
from cli.tour.reconcile_steps import reconcile
from cli.tour.refund_steps import refund
from cli.tour.session_steps import sign_in, sign_out, verify
from cli.tour.story import Facts, Story

Step = Callable[[Story, Facts], Awaitable[None]]

STEPS: dict[str, Step] = {
    "sign-in": sign_in,
    "verify": verify,
    "token": token,
    "bind": bind,
    "look-up": look_up,
    "licence": licence,
    "quote": quote,
    "eligibility": eligibility,
    "preview": preview,
    "accept": accept,
    "pay-alipay": pay_alipay,
    "pay-wechat": pay_wechat,
    "settle": settle,
    "write-back": write_back,
    "receipt": receipt,
    "ledger": ledger,
    "refund": refund,
    "reconcile": reconcile,
    "police-down": police_down,
    "sign-out": sign_out,
}


@dataclass(frozen=True, slots=True)
class Played:
    """How one step went. `detail` holds what came back and, if it failed, what was expected."""

    name: str
    ok: bool
    ms: float
    detail: Facts

    def as_json(self) -> dict[str, object]:
        """As `clearway tour --json` shows it."""
        return asdict(self)


async def play(story: Story) -> AsyncIterator[Played]:
    """Play every step, also after one that failed: the others may tell why."""
    for name, step in STEPS.items():
        yield await _play(name, step, story)


async def _play(name: str, step: Step, story: Story) -> Played:
    facts: Facts = {}
    began = time.monotonic()
    failure: Facts = {}
    try:
        await step(story, facts)
    except StepFailed as failed:
        failure = {"expected": str(failed.expected), "came": str(failed.came)}
    except (aiohttp.ClientError, TimeoutError) as error:
        failure = {"expected": "an answer over HTTP", "came": f"{type(error).__name__}: {error}"}
    except (KeyError, TypeError, IndexError, ValueError) as error:
        # The answer has another shape than the schema promises.
        failure = {"expected": "an answer of the schema", "came": f"{type(error).__name__} {error}"}
    ms = round((time.monotonic() - began) * 1000, 1)
    return Played(name, not failure, ms, facts | failure)
