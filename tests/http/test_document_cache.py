"""A document is parsed and validated once, however often it is sent."""

from strawberry.extensions.validation_cache import _get_validate_cache

from graphql_api.schema import CACHED_DOCUMENTS
from tests.stack import Api


async def test_a_document_is_validated_once(api: Api) -> None:
    counts = _get_validate_cache(CACHED_DOCUMENTS)
    document = "query CountedOnce { viewer { id } }"
    before = counts.cache_info()  # type: ignore[attr-defined]

    for _ in range(5):
        assert await api.ask(document) == {"data": {"viewer": None}}

    after = counts.cache_info()  # type: ignore[attr-defined]
    assert (after.misses - before.misses, after.hits - before.hits) == (1, 4)
