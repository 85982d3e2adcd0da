"""In a trial, commands reach the channels of the `clearway dev` that runs from the same folder."""

import os
from urllib.parse import urlsplit

from cli.dev_folder import read_state
from cli.stack import Plan
from runtime.settings import Settings, load_settings


def with_channels(settings: Settings) -> Settings:
    """
    The settings with the channels of a running trial, unless there are channels in them.

    A command that is called by hand is not told what `clearway dev` tells its children.
    """
    if not settings.is_dev or settings.alipay_app_id or settings.wechat_pay_merchant_id:
        return settings
    state = read_state(settings.data_dir)
    if state is None or not state.pids:
        return settings
    api, sandbox = urlsplit(state.api_url), urlsplit(state.sandbox_url)
    there = settings.model_copy(update={"host": api.hostname, "port": api.port})
    plan = Plan(there, sandbox.port or 0, state.citizens, state.seed)
    os.environ.update(plan.environment())
    return load_settings()
