"""Serving: the HTTP server with bounds on time, size and number, and a quiet way to stop."""

from graphql_api.serving.limits import Limits
from graphql_api.serving.server import Server

__all__ = ["Limits", "Server"]
