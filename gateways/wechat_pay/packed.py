"""Gzipped files of unknown size: unpacked piece by piece, and never more than there may be."""

import zlib
from collections.abc import Iterator
from typing import IO

PACKED_CAP = 64 * 1024 * 1024
FILE_CAP = 512 * 1024 * 1024
PIECE = 64 * 1024
GZIP_MARK = b"\x1f\x8b"
GZIP = 31  # zlib's word for a gzip header and the largest window


def unpacked(packed: IO[bytes], cap: int = FILE_CAP) -> Iterator[bytes]:
    """
    The file in pieces.

    :raises ValueError: if it is not one whole gzipped file, or longer than `cap`
    """
    left = cap
    unzip = zlib.decompressobj(wbits=GZIP)
    packed.seek(0)
    while part := packed.read(PIECE):
        for piece in _pieces(unzip, part):
            left -= len(piece)
            if left < 0:
                raise ValueError("longer than any bill")
            yield piece
    if not unzip.eof or unzip.unused_data:
        raise ValueError("not one whole gzipped file")


def _pieces(unzip: "zlib._Decompress", packed: bytes) -> Iterator[bytes]:
    if unzip.eof:
        raise ValueError("something behind the gzipped file")
    piece = _piece(unzip, packed)
    while piece:
        yield piece
        # What is left over may be in the unpacker, too.
        piece = b"" if unzip.eof else _piece(unzip, unzip.unconsumed_tail)


def _piece(unzip: "zlib._Decompress", packed: bytes) -> bytes:
    try:
        return unzip.decompress(packed, PIECE)
    except zlib.error:
        pass
    raise ValueError("not gzipped, or damaged")
