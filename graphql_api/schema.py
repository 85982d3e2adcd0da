"""The schema: what the API has, on one screen."""

import strawberry
from graphql import ASTValidationRule
from strawberry.extensions import (
    AddValidationRules,
    MaxTokensLimiter,
    ParserCache,
    ValidationCache,
    max_aliases,
    query_depth_limiter,
)
from strawberry.schema.config import StrawberryConfig

from resolvers.binding import BindingMutations
from resolvers.code import CodeQueries
from resolvers.refusals import ShowRefusals
from resolvers.values import FEN, Fen
from resolvers.viewer import ViewerQueries

CACHED_DOCUMENTS = 1000
MAX_TOKENS = 1000
MAX_DEPTH = 12
MAX_ALIASES = 30

# Made once: the cache of validated documents compares rules, and those which Strawberry's own
# limiters make anew for each request would never be equal.
LIMITS: list[type[ASTValidationRule]] = [
    query_depth_limiter.create_validator(MAX_DEPTH, None),
    max_aliases.create_validator(MAX_ALIASES),
]


@strawberry.type(description="What can be asked.")
class Query(ViewerQueries, CodeQueries):
    pass


@strawberry.type(
    description="What can be done. Every mutation answers with its success or Refused."
)
class Mutation(BindingMutations):
    pass


class _Schema(strawberry.Schema):
    def process_errors(self, *_: object, **__: object) -> None:
        """Log nothing here: Strawberry's log would quote documents, which hold plates."""


schema = _Schema(
    Query,
    Mutation,
    extensions=[
        lambda: MaxTokensLimiter(max_token_count=MAX_TOKENS),
        lambda: AddValidationRules(LIMITS),
        lambda: ParserCache(maxsize=CACHED_DOCUMENTS),
        lambda: ValidationCache(maxsize=CACHED_DOCUMENTS),
    ],
    config=StrawberryConfig(scalar_map={Fen: FEN}),
    exception_handlers=[ShowRefusals()],
)


def print_schema() -> str:
    """The public contract as SDL."""
    return schema.as_str().rstrip() + "\n"
