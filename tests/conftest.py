"""What all tests share."""

import os
import shutil
import tempfile

import pytest
from hypothesis import settings

from tests.examples import BUDGET

CACHES = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--refresh-golden", action="store_true", help="take the golden pages as they are now")
    parser.addoption("--both-schemes", action="store_true", help="every test of the browser over http too")
    parser.addoption(
        "--examples", type=int, default=BUDGET, help="examples of each property test, such as 1000 for a long search"
    )


def pytest_configure(config: pytest.Config) -> None:
    # No deadline: a busy machine is slow, not wrong.
    settings.register_profile("sitegen", deadline=None, max_examples=config.getoption("--examples"))
    settings.load_profile("sitegen")
    # What builds leave for the next ones is not to take the place of what the user's own builds left.
    config.stash[CACHES] = os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="sitegen-caches-")


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(config.stash[CACHES], ignore_errors=True)
