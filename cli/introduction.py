"""Citizen 0 of a trial has used both mini-programs: what the banner's token begins can be paid."""

import aiohttp

from cli.cities import make_city
from cli.console import ERR
from cli.stack import Plan
from cli.tour.expectations import StepFailed
from cli.tour.session_steps import another_session
from cli.tour.story import Story

REQUEST_SECONDS = 10
CHANNELS = ("ALIPAY", "WECHAT")


async def introduce(plan: Plan) -> None:
    """Sign citizen 0 in and show the face, through each platform of the sandbox."""
    timeout = aiohttp.ClientTimeout(total=REQUEST_SECONDS)
    city = make_city(plan.seed, plan.citizens)
    async with aiohttp.ClientSession(timeout=timeout, trust_env=False) as http:
        story = Story(http, plan.api_url, plan.sandbox_url, plan.settings, city, None)
        story.hero = city.citizen(0)
        for channel in CHANNELS:
            try:
                await another_session(story, channel)
            except (StepFailed, KeyError, TypeError, aiohttp.ClientError, TimeoutError) as error:
                # Everything but paying with this token works all the same.
                ERR.print(f"Note: citizen 0 could not sign in through {channel}: {error}")
