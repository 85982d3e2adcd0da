"""The files the page is made of: GraphiQL's from an installed package, and our own."""

import hashlib
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from runtime.settings import SettingsProblem

PACKAGE = "graphene_django_graphiql_static"
THEIRS = (
    "react.production.min.js",
    "react-dom.production.min.js",
    "graphiql.min.js",
    "graphiql.min.css",
)
OUR_FOLDER = Path(__file__).parent
OURS = ("start.js", "style.css")
CONTENT_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
DIGEST_CHARACTERS = 16


@dataclass(frozen=True, slots=True)
class Asset:
    """One file. Its address changes with its content, so that it may be kept for ever."""

    name: str
    content: bytes = field(repr=False)

    @property
    def address(self) -> str:
        """The last part of its URL."""
        digest = hashlib.sha256(self.content).hexdigest()[:DIGEST_CHARACTERS]
        return f"{digest}-{self.name}"

    @property
    def content_type(self) -> str:
        """By the end of its name."""
        return CONTENT_TYPES[Path(self.name).suffix]


def load_assets() -> list[Asset]:
    """
    Every file that is served; there are no others.

    :raises SettingsProblem: if GraphiQL is not installed
    """
    places = [_their_folder() / name for name in THEIRS] + [OUR_FOLDER / name for name in OURS]
    try:
        return [Asset(place.name, place.read_bytes()) for place in places]
    except FileNotFoundError as error:
        raise _not_installed() from error


def load_page(assets: list[Asset]) -> str:
    """The page with the addresses of these assets."""
    page = (OUR_FOLDER / "page.html").read_text(encoding="utf-8")
    for asset in assets:
        page = page.replace(f'/assets/{asset.name}"', f'/assets/{asset.address}"')
    return page


def _their_folder() -> Path:
    # Nothing of it is imported: its code is for Django, which we do not have.
    package = find_spec(PACKAGE)
    if package is None or not package.submodule_search_locations:
        raise _not_installed()
    return Path(package.submodule_search_locations[0]) / "static" / PACKAGE


def _not_installed() -> SettingsProblem:
    return SettingsProblem(
        f"The files of GraphiQL are missing: install {PACKAGE.replace('_', '-')}, or set "
        "CLEARWAY_GRAPHIQL=off."
    )
