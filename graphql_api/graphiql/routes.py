"""The page, its files and its tabs, over HTTP."""

from datetime import timedelta

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from domain.failures import FailureCode
from domain.times import Clock, utc_now
from graphql_api.graphiql.assets import load_assets, load_page
from graphql_api.graphiql.headers import GUARDED, KEPT_FOR_EVER, UNKEPT
from graphql_api.graphiql.hosts import is_our_page
from graphql_api.graphiql.tabs import Sign, TabSigner, load_tabs
from runtime.settings import GraphiQLDoor, Settings


def graphiql_routes(settings: Settings, sign: Sign, *, clock: Clock = utc_now) -> list[Route]:
    """
    What to serve for GraphiQL; nothing when its door is off.

    :param sign: signs the tokens of tabs with claims, which only the dev profile has
    :raises SettingsProblem: if GraphiQL is not installed, or the tabs cannot be used
    """
    if settings.graphiql_door is GraphiQLDoor.OFF:
        return []
    assets = load_assets()
    page = load_page(assets)
    served = {asset.address: asset for asset in assets}
    tabs = load_tabs(settings)
    life = timedelta(seconds=settings.longest_token_life)
    signer = TabSigner(sign, settings.own_issuer, life, clock)

    async def graphiql(_: Request) -> Response:
        return HTMLResponse(page, headers=GUARDED | UNKEPT)

    async def asset(request: Request) -> Response:
        found = served.get(request.path_params["address"])
        if found is None:
            raise HTTPException(404)
        headers = GUARDED | KEPT_FOR_EVER | {"content-type": found.content_type}
        return Response(found.content, headers=headers)

    async def start(request: Request) -> Response:
        if not is_our_page(request.headers, settings.public_url):
            return _elsewhere(settings.public_url)
        shown = [signer.shown(tab) for tab in tabs]
        return JSONResponse({"tabs": shown}, headers=GUARDED | UNKEPT)

    return [
        Route("/graphiql", graphiql, methods=["GET"]),
        Route("/graphiql/assets/{address}", asset, methods=["GET"]),
        Route("/graphiql/start.json", start, methods=["GET"]),
    ]


def _elsewhere(public_url: str) -> Response:
    message = f"This page opens at its own address only: {public_url}/graphiql"
    extensions = {"code": FailureCode.FORBIDDEN.value}
    body = {"errors": [{"message": message, "extensions": extensions}]}
    return JSONResponse(body, status_code=403, headers=GUARDED | UNKEPT)
