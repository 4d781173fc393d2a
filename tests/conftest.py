"""Tests marked `julia` are skipped, with the reason, where no Julia can be used."""

from __future__ import annotations

import pytest

from fluxbridge.julia import available


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    marked = [item for item in items if item.get_closest_marker("julia")]
    if not marked:
        return
    found = available()
    if not found:
        for item in marked:
            item.add_marker(pytest.mark.skip(reason=f"no Julia: {found.reason}"))
