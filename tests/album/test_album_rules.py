"""The album's faults of rule texts, cases and the machine: a file of its own, so that two processes share the album."""

import pytest
from album import machine, rulework
from album.page import require_shown
from album.stage import Provocation, Theatre


@pytest.mark.parametrize("one", [*rulework.PROVOCATIONS, *machine.PROVOCATIONS], ids=lambda one: one.code)
def test_a_fault_is_provoked_and_the_page_shows_what_it_prints(one: Provocation, theatre: Theatre) -> None:
    require_shown(one, theatre)
