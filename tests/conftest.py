"""What all tests share."""

import pytest
from hypothesis import settings

# A busy machine is slow, not wrong.
settings.register_profile("sitegen", deadline=None)
settings.load_profile("sitegen")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--refresh-golden", action="store_true", help="take the golden pages as they are now")
