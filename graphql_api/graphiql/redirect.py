"""A person who opens /graphql in a browser is led to the page."""

from starlette.datastructures import Headers, QueryParams
from starlette.responses import RedirectResponse
from starlette.types import Scope

from graphql_api.graphiql.headers import UNKEPT
from graphql_api.weights import weighted

HTML, ANYTHING = "text/html", "*/*"
JSON = ("application/json", "application/graphql-response+json")


def redirect_to_graphiql(scope: Scope) -> RedirectResponse | None:
    """The way to the page, if this request to /graphql comes from a browser's address bar."""
    if scope["method"] not in {"GET", "HEAD"} or "query" in QueryParams(scope["query_string"]):
        return None
    if not _prefers_html(",".join(Headers(scope=scope).getlist("accept"))):
        return None
    return RedirectResponse("graphiql", status_code=303, headers=UNKEPT | {"vary": "Accept"})


def _prefers_html(accept: str) -> bool:
    wanted = dict(weighted(accept))
    html = wanted.get(HTML, 0.0)
    # A client that names JSON as well is a program.
    return html > max(wanted.get(one, 0.0) for one in JSON) and html >= wanted.get(ANYTHING, 0.0)
