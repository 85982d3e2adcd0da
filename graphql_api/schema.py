"""The schema: what the API has, on one screen."""

import strawberry
from strawberry.extensions import (
    AddValidationRules,
    MaxTokensLimiter,
    ParserCache,
    ValidationCache,
)
from strawberry.schema.config import StrawberryConfig

from graphql_api.limits import MAX_TOKENS, DocumentLimits, OneOperation
from resolvers.binding import BindingMutations
from resolvers.code import CodeQueries
from resolvers.refusals import ShowRefusals
from resolvers.values import FEN, Fen
from resolvers.viewer import ViewerQueries

CACHED_DOCUMENTS = 1000


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
        # The same rule object for every request: the cache of validated documents compares rules.
        lambda: AddValidationRules([DocumentLimits]),
        lambda: ParserCache(maxsize=CACHED_DOCUMENTS),
        lambda: ValidationCache(maxsize=CACHED_DOCUMENTS),
        OneOperation,
    ],
    config=StrawberryConfig(scalar_map={Fen: FEN}),
    exception_handlers=[ShowRefusals()],
)


def print_schema() -> str:
    """The public contract as SDL."""
    return schema.as_str().rstrip() + "\n"
