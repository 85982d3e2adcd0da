"""A document is parsed and validated once, however often it is sent."""

import pytest
from graphql import OperationType

from domain.failures import BadRequest
from graphql_api.documents import MAX_BYTES, MAX_DOCUMENTS, DocumentCache, Operation

GOOD = "query CountedOnce { viewer { id } }"
BAD = ["{ nonsense }", "{", "{ " + "viewer { id } " * 200 + "}", "{ }"]


@pytest.mark.parametrize("text", [GOOD, *BAD])
def test_a_document_is_prepared_once_good_or_bad(text: str) -> None:
    cache = DocumentCache(open_schema=True)

    first = cache.prepare(text)

    assert cache.prepare(text) is first
    assert cache.prepare(text + " ") is not first
    assert (first.executable is None) is (text in BAD)
    assert bool(first.problems) is (text in BAD)


def test_the_documents_used_last_are_kept() -> None:
    cache = DocumentCache(open_schema=True)
    kept = cache.prepare(GOOD)
    lost = cache.prepare("{ lost }")
    for n in range(MAX_DOCUMENTS - 1):
        cache.prepare(f"{{ other{n} }}")
        assert cache.prepare(GOOD) is kept

    assert len(cache) == MAX_DOCUMENTS
    assert cache.prepare("{ lost }") is not lost


def test_large_documents_push_out_more() -> None:
    """A token costs hundreds of bytes: a thousand large documents would fill the memory."""
    cache = DocumentCache(open_schema=True)
    sizes = [
        cache.prepare("{ viewer { " + "id " * 60 + "} } #" + "x" * 60_000 + str(n)).size
        for n in range(MAX_BYTES // 60_000)
    ]

    assert sum(sizes) > MAX_BYTES
    assert len(cache) == MAX_BYTES // sizes[0]


def test_what_is_known_of_operations() -> None:
    cache = DocumentCache(open_schema=True)
    change = 'unbindVehicle(input: {vehicleId: "1"}) { __typename }'
    several = cache.prepare(f"query A {{ __typename }} mutation B {{ {change} }}")

    assert several.operations == (
        Operation("A", OperationType.QUERY),
        Operation("B", OperationType.MUTATION),
    )
    assert several.changes
    assert several.find("B").kind is OperationType.MUTATION
    for name, key in ((None, "which_operation"), ("C", "no_operation"), ("", "no_operation")):
        with pytest.raises(BadRequest) as raised:
            several.find(name)
        assert raised.value.text_key == key
    alone = cache.prepare("{ __typename }")
    assert alone.find(None) == Operation(None, OperationType.QUERY)
    assert not alone.changes
