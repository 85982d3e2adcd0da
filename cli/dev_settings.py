"""Settings of the dev profile, for the commands that exist for trials."""

import os
from pathlib import Path

from cli.problems import Problem
from graphql_api.doors import own_issuer
from graphql_api.receipt_keys import receipt_issuer
from graphql_api.tokens import OwnIssuer
from runtime.keys import data_key
from runtime.settings import Profile, Settings, load_settings

PROFILE = "CLEARWAY_PROFILE"


def dev_settings(data_dir: Path, **overrides: object) -> Settings:
    """
    The settings of a trial installation.

    :raises Problem: if the environment says that this is production
    """
    profile = os.environ.get(PROFILE, Profile.DEV)
    if profile != Profile.DEV:
        raise Problem(
            f"{PROFILE}={profile} is set, and this command is for trials only: unset it, or give "
            f"{PROFILE}=dev."
        )
    return load_settings(os.environ, profile=Profile.DEV, data_dir=data_dir.absolute(), **overrides)


def token_signer(settings: Settings) -> OwnIssuer:
    """
    Our own issuer; its first key is made if there is none.

    :raises Problem: if this is production
    :raises SettingsProblem: if there is a key that cannot be used
    """
    issuer = own_issuer(settings) if settings.is_dev else None
    if issuer is None:
        raise Problem("Only the dev profile signs tokens: ask the identity provider for one.")
    return issuer


def check_keys(settings: Settings) -> None:
    """:raises SettingsProblem: before anything starts, if a key is missing or cannot be used"""
    data_key(settings)
    own_issuer(settings)
    receipt_issuer(settings)
