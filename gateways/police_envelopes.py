"""A call of the register: who calls, what for, and the document."""

from gateways import soap
from gateways.police_wire import Interface, PoliceWire
from gateways.soap import Verb


def envelope(
    wire: PoliceWire, interface: Interface, document: str, verb: Verb = Verb.QUERY
) -> bytes:
    """Put a document into an envelope of the deployment's variant."""
    interface_id = wire.interfaces[interface]
    values = {
        "xtlb": interface_id[:2],
        "jkxlh": wire.serial,
        "jkid": interface_id,
        "cjsqbh": wire.scene,
        "dwjgdm": wire.unit_code,
        "dwmc": wire.unit_name,
        "yhbz": wire.officer_id,
        "yhxm": wire.officer_name,
        "zdbs": wire.terminal,
        "UTF8XmlDoc": document,
    }
    return soap.envelope(wire.variant, values, verb)
