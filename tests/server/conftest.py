"""The books and the running server that all tests of the browser view share."""

from collections.abc import Iterator

import pytest
from server.office import Desk, Office, small_books, start


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return small_books(tmp_path_factory.mktemp("pool") / "books")


@pytest.fixture(scope="session")
def desk(office: Office) -> Iterator[Desk]:
    yield from start(office)
