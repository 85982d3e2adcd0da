"""The schema: what the API has, on one screen."""

import strawberry
from strawberry.schema.config import StrawberryConfig

from graphql_api.execution import Engine
from resolvers.acceptance import AcceptanceMutations
from resolvers.binding import BindingMutations
from resolvers.code import CodeQueries
from resolvers.finance import FinanceQueries
from resolvers.finance_payments import RefundMutations
from resolvers.law import RuleQueries
from resolvers.paying import PaymentMutations
from resolvers.payment import PaymentQueries
from resolvers.receipt import ReceiptQueries
from resolvers.refusals import ShowRefusals
from resolvers.sign_in import SessionMutations
from resolvers.statement import StatementMutations
from resolvers.task_steps import TaskMutations
from resolvers.values import FEN, Fen
from resolvers.verification import VerificationMutations
from resolvers.viewer import ViewerQueries


@strawberry.type(description="What can be asked.")
class Query(
    ViewerQueries,
    CodeQueries,
    RuleQueries,
    PaymentQueries,
    ReceiptQueries,
    FinanceQueries,
):
    pass


@strawberry.type(
    description="What can be done. Every mutation answers with its success or Refused."
)
class Mutation(
    SessionMutations,
    VerificationMutations,
    BindingMutations,
    StatementMutations,
    AcceptanceMutations,
    PaymentMutations,
    RefundMutations,
    TaskMutations,
):
    pass


schema = strawberry.Schema(
    Query,
    Mutation,
    config=StrawberryConfig(scalar_map={Fen: FEN}),
    exception_handlers=[ShowRefusals()],
)
# What graphql-core validates. Strawberry's own `execute` would parse again.
core_schema = schema._schema
# orjson writes dates and instants as Strawberry does, in a tenth of the time.
engine = Engine(schema, native=("Date", "DateTime"))


def print_schema() -> str:
    """The public contract as SDL."""
    return schema.as_str().rstrip() + "\n"
