"""The mark of a test whose subject is not yet so. Apart from the samples: a worker process needs no pytest."""

import pytest


def defect(number: int, why: str) -> pytest.MarkDecorator:
    """The test must fail until the defect is gone, and then loses this mark."""
    return pytest.mark.xfail(strict=True, reason=f"ledgertests {number}: {why}")
