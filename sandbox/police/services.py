"""The three services, their operations, and what each position of an argument list means."""

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.police.soap import Fault, Invocation

_FOUR = ("xtlb", "jkxlh", "jkid", "UTF8XmlDoc")
_NINE = ("xtlb", "jkxlh", "jkid", "yhbz", "dwmc", "dwjgdm", "yhxm", "zdbs", "UTF8XmlDoc")
# Unit code and unit name change places between nine and ten arguments.
_TEN = ("xtlb", "jkxlh", "jkid", "cjsqbh", "dwjgdm", "dwmc", "yhbz", "yhxm", "zdbs", "UTF8XmlDoc")

_OLD = {"queryObjectOut": _FOUR, "writeObjectOut": _FOUR}
_NEW = {
    "queryObjectOut": _NINE,
    "writeObjectOut": _NINE,
    "queryObjectOutNew": _TEN,
    "writeObjectOutNew": _TEN,
}


@dataclass(frozen=True, slots=True)
class Service:
    """A SOAP service at one path, with the argument names of each operation in order."""

    path: str
    name: str
    port: str
    operations: Mapping[str, tuple[str, ...]]


SERVICES = (
    Service("/trffweb/services/TmriOutAccess", "TmriJaxRpcOutAccessService", "TmriOutAccess", _OLD),
    Service(
        "/trffweb/services/TmriOutNewAccess",
        "TmriJaxRpcOutNewAccessService",
        "TmriOutNewAccess",
        _NEW,
    ),
    Service(
        "/cqjxjwsservice/services/ZhptOutAccess",
        "ZhptJaxRpcOutAccessService",
        "ZhptOutAccess",
        _OLD,
    ),
)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the register, whatever variant it came in. Without a unit it is None."""

    writes: bool
    system: str
    serial: str
    interface: str
    unit: str | None
    document: str


def bind(service: Service, invocation: Invocation) -> Call:
    """
    Bind the arguments by position.

    :raises Fault: for an operation, or a number of arguments, the service does not have
    """
    names = service.operations.get(invocation.operation)
    if names is None or len(names) != len(invocation.arguments):
        raise Fault(
            f"No such operation '{invocation.operation}' with {len(invocation.arguments)} arguments"
        )
    values = dict(zip(names, invocation.arguments, strict=True))
    return Call(
        writes=invocation.operation.startswith("write"),
        system=values["xtlb"],
        serial=values["jkxlh"],
        interface=values["jkid"],
        unit=values.get("dwjgdm"),
        document=values["UTF8XmlDoc"],
    )
