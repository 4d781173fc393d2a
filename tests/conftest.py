"""Tests marked `julia` are skipped, with the reason, where no Julia can be used. Gradients are verified."""

from __future__ import annotations

import os
import re
import signal
from collections import Counter
from collections.abc import Iterator
from typing import Any

import hypothesis
import numpy as np
import pytest

from fluxbridge import AutoNative, api, verifying
from fluxbridge.julia import available

collect_ignore = ["flux/distributed/failing.py"]  # a program for mpiexec, which fails
hypothesis.settings.register_profile("fluxbridge", deadline=None)  # a busy machine is no failure
hypothesis.settings.load_profile("fluxbridge")


def pytest_configure(config: pytest.Config) -> None:
    """Ctrl-C is heard also where the tests were started in the background of a shell, which ignores it.

    With FLUXBRIDGE_COMPILED every derivative of the tests is compiled, where nothing else is said.
    """
    if os.environ.get("FLUXBRIDGE_COMPILED"):
        api.NATIVE = AutoNative(compile=True)
        config.addinivalue_line("filterwarnings", "ignore::fluxbridge.compiled.CompileWarning")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    marked = [item for item in items if item.get_closest_marker("julia")]
    if not marked:
        return
    found = available()
    if not found:
        for item in marked:
            item.add_marker(pytest.mark.skip(reason=f"no Julia: {found.reason}"))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Why tests were skipped, a line for each reason."""
    reasons: Counter[str] = Counter()
    for report in terminalreporter.stats.get("skipped", ()):
        where = report.longrepr
        text = where[2] if isinstance(where, tuple) else str(where)
        reasons[" ".join(re.sub(r"^Skipped: ", "", text).split())] += 1
    for reason, number in reasons.most_common():
        terminalreporter.write_line(f"{number:,} skipped: {reason}")


@pytest.fixture(autouse=True)
def _printing_of_its_own() -> Iterator[None]:
    """What an example says about how arrays are printed holds for it alone."""
    with np.printoptions():
        yield


@pytest.fixture(autouse=True)
def _verified(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every native derivative of a test is a test of parity, too.

    Tests marked `once` are about functions that must not be run a second time: they count, store or time
    what happens in them.
    """
    if request.node.get_closest_marker("once"):
        yield
        return
    with verifying():
        yield
