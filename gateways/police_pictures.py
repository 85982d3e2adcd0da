"""Evidence pictures (04C04): base64 in up to three fields of one row."""

import binascii
from base64 import b64decode

from domain.records import EvidenceImage
from gateways.police_documents import Reply
from gateways.police_values import NOTHING_WORDS, Row
from gateways.xml_repair import Unreadable

FIELDS = ("zpstr1", "zpstr2", "zpstr3")
JPEG_START = b"\xff\xd8\xff"


def pictures_of(reply: Reply, record_number: str) -> tuple[EvidenceImage, ...]:
    """
    Read the pictures of one record; an empty field is a picture that does not exist.

    :raises Unreadable: if the row is another record's, or a picture is none: half of the evidence
        must not pass for all of it
    """
    images: list[EvidenceImage] = []
    for fields in reply.rows:
        if Row(fields).code("xh") not in (None, record_number):
            raise Unreadable("pictures of another record")
        encoded = (fields.get(name, "").strip() for name in FIELDS)
        images += [_image(text) for text in encoded if text not in NOTHING_WORDS]
    return tuple(dict.fromkeys(images))


def _image(text: str) -> EvidenceImage:
    # Where `+` was taken for a blank, it was a plus: base64 has no blanks but line ends.
    encoded = "".join(text.splitlines()).replace(" ", "+")
    encoded = encoded.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=")
    try:
        jpeg = b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unreadable("picture is not base64") from error
    if not jpeg.startswith(JPEG_START):
        raise Unreadable("picture is not a JPEG")
    return EvidenceImage(jpeg)
