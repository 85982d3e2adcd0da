"""
Ask the sandbox register with a general SOAP toolkit, straight from its WSDL.

Start it with `clearway sandbox`, then: python examples/ask_the_register.py http://127.0.0.1:8100
It needs zeep, which is among the development packages.
"""

import sys
from typing import Any
from urllib.parse import unquote_plus

import zeep

SERIAL = "7f3a9c51e08b4d26a1c7f0925be4836d0f91ac627d35b84e1f60c2a98d7b35ec"
CONDITION = "<hpzl>02</hpzl><hphm>渝ZZ0000</hphm>"


def ask(register: str, interface: str, condition: str) -> str:
    """Query the old service with its four arguments; the answer is a document in XML."""
    toolkit: Any = zeep  # It has no types.
    client = toolkit.Client(f"{register}/trffweb/services/TmriOutAccess?wsdl")
    document = f"<root><QueryCondition>{condition}</QueryCondition></root>"
    answer = client.service.queryObjectOut(interface[:2], SERIAL, interface, document)
    return unquote_plus(answer)


if __name__ == "__main__":
    address = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8100"
    for one in ("01C21", "04C03"):
        sys.stdout.write(ask(address, one, CONDITION) + "\n")
