"""
A compiled, batched, breadth-first executor for Strawberry schemas; see README.md.

It is a library of its own: it imports nothing of the rest.
"""

from graphql_api.execution.batches import Batch, batched, computed, projected
from graphql_api.execution.engine import Counts, Engine, Prepared
from graphql_api.execution.info import names_below
from graphql_api.execution.reasons import Reason

__all__ = [
    "Batch",
    "Counts",
    "Engine",
    "Prepared",
    "Reason",
    "batched",
    "computed",
    "names_below",
    "projected",
]
