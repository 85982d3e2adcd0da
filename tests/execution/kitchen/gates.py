"""Permissions, field extensions and refusals that become members of a union."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Union

import strawberry
from strawberry.extensions import FieldExtension
from strawberry.permission import BasePermission, PermissionExtension
from strawberry.types import Info

from graphql_api.execution.batches import Batch, batched
from tests.execution.kitchen.answers import Answer, later, sync, tell, tell_all_later, tell_later


class MayPass(BasePermission):
    message = "The gate is closed."
    # Strawberry declares it so.
    error_extensions: Any = {"code": "CLOSED"}  # noqa: RUF012

    def has_permission(self, source: Any, info: Info, **_arguments: Any) -> bool:
        return bool(source.open)


class MayPassLater(BasePermission):
    message = "The gate stays closed."

    async def has_permission(self, source: Any, info: Info, **_arguments: Any) -> bool:
        return bool(source.open)


class Loud(FieldExtension):
    def resolve(self, next_: Callable[..., Any], source: Any, info: Info, **given: Any) -> Any:
        return f"{next_(source, info, **given)}!"


class LoudLater(FieldExtension):
    async def resolve_async(
        self, next_: Callable[..., Any], source: Any, info: Info, **given: Any
    ) -> Any:
        return f"{await next_(source, info, **given)}!"


class Refused(Exception):
    """A rule said no. `shown` tells whether the handler wants it."""

    def __init__(self, reason: str, shown: bool) -> None:
        super().__init__(reason)
        self.shown = shown


@strawberry.type
class RefusedShown:
    reason: str
    maybe: str | None = None


@strawberry.type
class Passed:
    answers: strawberry.Private[dict[str, Answer]]
    gate: "Gate"
    text: str = sync("text")


class ShowRefused(strawberry.ExceptionHandler[Refused, RefusedShown]):
    def handle(self, exception: Refused, *, field: Any, info: Any) -> RefusedShown | None:
        return RefusedShown(reason=str(exception)) if exception.shown else None


Passage = Annotated[Union["Passed", "RefusedShown"], strawberry.union("Passage")]


@strawberry.type
class Gate:
    answers: strawberry.Private[dict[str, Answer]]
    open: bool
    guarded: str = sync("guarded", permission_classes=[MayPass])
    maybe_guarded: str | None = later("maybe_guarded", permission_classes=[MayPass])
    later_guarded: int | None = later("later_guarded", permission_classes=[MayPassLater])
    guarded_attribute: str | None = strawberry.field(permission_classes=[MayPass])
    quiet: str | None = sync(
        "quiet", extensions=[PermissionExtension([MayPass()], fail_silently=True)]
    )
    quiet_list: list[str] = sync(
        "quiet_list", extensions=[PermissionExtension([MayPass()], fail_silently=True)]
    )
    loud: str | None = sync("loud", extensions=[Loud(), Loud()])
    later_loud: str = later("later_loud", extensions=[LoudLater()])
    passage: "Passage" = sync("passage")
    later_passage: "Passage | None" = later("later_passage")

    @strawberry.field(  # type: ignore[untyped-decorator]
        permission_classes=[MayPass], extensions=[Loud()]
    )
    def greeting(self, info: Info, name: str = "you", *, info_too: bool = False) -> str:
        return f"{tell(self, 'greeting')} {name} {info.field_name if info_too else ''}"

    @strawberry.field
    async def passages(self, info: Info) -> list["Passage"]:
        said: list[Any] = await tell_later(self, "passages")
        return said

    @batched(description="For all gates at once.")
    async def next_gate(gates: Sequence["Gate"], info: Info) -> Batch["Gate | None"]:  # noqa: N805
        return await tell_all_later(gates, "next_gate")
