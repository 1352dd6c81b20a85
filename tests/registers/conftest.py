"""The invented pool and its open items."""

from collections.abc import Callable

import pytest
from registers.filled import POOL

from ledger.openitems import OpenItems
from ledger.pool import Pool, parse_pool


@pytest.fixture(scope="session")
def pool() -> Pool:
    return parse_pool(POOL)


@pytest.fixture
def view(pool: Pool) -> Callable[..., OpenItems]:
    """The open items of the invented pool with what a test adds."""
    return lambda **more: OpenItems(pool=pool, **more)
