"""GraphiQL, the page for trying operations: served by us alone, with nothing from another host."""

from graphql_api.graphiql.redirect import redirect_to_graphiql
from graphql_api.graphiql.routes import graphiql_routes
from graphql_api.graphiql.tabs import example

__all__ = ["example", "graphiql_routes", "redirect_to_graphiql"]
