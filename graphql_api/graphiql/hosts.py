"""Who may read the tabs, which can hold tokens: our own page, at an address that is ours."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers

from runtime.settings import is_loopback


def is_our_page(headers: Headers, public_url: str) -> bool:
    """
    Whether a request comes from our page, as far as its headers tell.

    A site whose name was made to mean this machine (DNS rebinding) is told by its name in Host;
    another site's script by Sec-Fetch-Site, which browsers add and scripts cannot change.
    """
    return _is_our_host(headers.get("host", ""), public_url) and (
        headers.get("sec-fetch-site", "same-origin") == "same-origin"
    )


def _is_our_host(host: str, public_url: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname
        return name is not None and (
            name == urlsplit(public_url).hostname or is_loopback(f"//{host}")
        )
    except ValueError:
        return False
