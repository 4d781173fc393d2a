"""The pytest plugin of fluxbridge: a fixture that checks gradients, and who may be asked.

It is a module of its own, so that pytest can load it without loading fluxbridge and NumPy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from fluxbridge.check import Report

IN_JULIA = ("zygote", "forwarddiff")
DEFAULT = ("finite differences", "complex step", *IN_JULIA)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("fluxbridge", "checking gradients (fluxbridge)")
    group.addoption(
        "--fluxbridge-julia",
        choices=("auto", "require", "off"),
        default="auto",
        help="ask the real Zygote in gradient_check where there is a Julia (auto), fail where there is none "
        "(require), or do not ask (off)",
    )


@pytest.fixture
def gradient_check(request: pytest.FixtureRequest) -> Callable[..., Report]:
    """``gradient_check(f, *xs, engines=…)`` fails the test if an engine disagrees with the gradient of f.

    `engines` are names as :func:`fluxbridge.cross_check` takes them. An engine that is absent on this machine
    is left out; if all are, or if none could judge anything, the test is skipped with the reasons. Other
    keywords go to ``cross_check`` (`of`, `rtol`, `atol`, `max_entries`). Returns the report.
    """
    julia = request.config.getoption("--fluxbridge-julia")

    def check(
        f: Callable[..., Any], *xs: Any, engines: str | Sequence[str] = DEFAULT, **options: Any
    ) -> Report:
        __tracebackhide__ = True
        from fluxbridge import cross_check

        engines = [engines] if isinstance(engines, str) else engines
        asked = [b for b in engines if not (julia == "off" and b in IN_JULIA)]
        if not asked:
            pytest.skip(f"gradient_check: {', '.join(engines)} not asked, because of --fluxbridge-julia=off")
        report = cross_check(f, *xs, engines=asked, **options)
        failed = {engine: why for engine, why in report.silent.items() if why.startswith("failed")}
        absent = report.without_julia
        if failed or report.mismatches:
            pytest.fail(str(report), pytrace=False)
        if julia == "require" and absent:
            pytest.fail(
                f"--fluxbridge-julia=require, but {'; '.join(f'{v} {why}' for v, why in absent.items())}",
                pytrace=False,
            )
        if len(report.engines) == 1:
            pytest.skip("; ".join(f"{engine} {why}" for engine, why in report.silent.items()))
        if not report.compared:
            pytest.skip("; ".join([report.summary(), *report.remarks()]))
        return report

    return check
