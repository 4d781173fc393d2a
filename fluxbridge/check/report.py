"""The result of :func:`~fluxbridge.check.cross_check`: a table of the answers of all engines."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from ..shell import wrapped

#: How the reason of an engine begins that needs a Julia, where there is none.
NO_JULIA = "was not asked, as there is no Julia"
NOT_INSTALLED = "is not installed"
AGREES, DIFFERS, KINK, UNSURE = "agrees", "differs", "kink", "unsure"


class Line(NamedTuple):
    """The comparison of one engine with the native one, for one leaf.

    `difference`, `relative`, `ulp` and `tolerance` are those of the worst entry, which `entry` names;
    `ours` and `theirs` are the two answers there. `verdict` is "agrees", "differs", "kink" (no
    derivative exists there, so finite differences cannot agree) or "unsure" (finite differences found
    no limit); `note` says more.
    """

    path: str
    shape: tuple[int, ...]
    dtype: str
    engine: str
    entry: str
    ours: Any
    theirs: Any
    difference: float
    relative: float
    ulp: float
    tolerance: float
    verdict: str
    note: str = ""


class Report:
    """The outcome of a cross-check; `str` and notebooks show it as a table.

    It is true if an engine could judge the gradient and none disagrees. One that compared nothing is false.

    `value` is f's value by each engine, `lines` one ``Line`` for each leaf and engine, `silent` the
    engines without an answer, with the reason, `kinks` the entries without a derivative, and `suspects`
    the primitives whose rule disagrees with differences of the primitive itself.
    """

    def __init__(self, title: str, of: str):
        self.title = title
        self.of = of
        self.value: dict[str, Any] = {}
        self.lines: list[Line] = []
        self.silent: dict[str, str] = {}
        self.kinks: list[str] = []
        self.suspects: list[str] = []
        self.notes: list[str] = []
        self.why = ""  #: where the tolerances come from
        self.seconds: dict[str, float] = {}

    @property
    def mismatches(self) -> list[Line]:
        return [line for line in self.lines if line.verdict == DIFFERS]

    @property
    def worst(self) -> Line | None:
        """The mismatch with the largest relative difference; None if there is none."""
        return max(self.mismatches, key=lambda line: line.relative, default=None)

    def __bool__(self) -> bool:
        return self.compared and not self.mismatches

    @property
    def compared(self) -> bool:
        """Could an engine judge any entry? If not, nothing is known about the gradient."""
        return any(
            line.verdict in (AGREES, DIFFERS)
            or (line.verdict == KINK and line.engine == "finite differences")
            for line in self.lines
        )

    @property
    def verdict(self) -> str:
        """ "ok", "MISMATCH", or "nothing compared"."""
        return "MISMATCH" if self.mismatches else "ok" if self.compared else "nothing compared"

    @property
    def engines(self) -> list[str]:
        """The engines that answered."""
        return list(self.value)

    def summary(self) -> str:
        """The verdict in one line."""
        others = [v for v in self.engines if v != "native"]
        if not others:
            return "nobody else was asked, so nothing is checked"
        worst = self.worst
        if not self.compared:
            return "no engine could judge any entry, so nothing is checked; the reasons are below"
        if worst is None:
            judged = {line.engine for line in self.lines if line.verdict != UNSURE}
            return f"native and {' and '.join(v for v in others if v in judged) or others[0]} agree"
        return (
            f"{worst.engine} and native differ at {worst.entry}: {_number(worst.theirs)} there, "
            f"{_number(worst.ours)} here"
        )

    # -- shapes of it ----------------------------------------------------------------------------

    def rows(self) -> list[list[str]]:
        """The table as text, without its heading."""
        return [
            [
                line.path,
                _shape(line),
                line.engine,
                line.entry,
                _number(line.ours),
                _number(line.theirs),
                f"{line.difference:.1e}",
                f"{line.relative:.1e}",
                "" if np.isnan(line.ulp) else f"{line.ulp:.3g}",
                f"{line.tolerance:.1e}",
                line.verdict,
            ]
            for line in self.lines
        ]

    def remarks(self) -> list[str]:
        """The remarks below the table."""
        said = [f"{line.path} {line.engine}: {line.note}" for line in self.lines if line.note]
        said += [f"kink: {kink}" for kink in self.kinks]
        said += [f"suspect: {suspect}" for suspect in self.suspects]
        said += self.remarks_about(self.silent)
        said += self.notes
        return [*said, f"tolerance: {self.why}"] if self.lines else said

    def remarks_about(self, engines: Iterable[str]) -> list[str]:
        """Why these engines gave no answer; that there is no Julia is said once."""
        without = [engine for engine in engines if engine in self.without_julia]
        said = [f"{engine} {self.silent[engine]}" for engine in engines if engine not in without]
        if without:
            said.append(
                f"{' and '.join(without)} {'was' if len(without) == 1 else 'were'} not asked, as there is no "
                "Julia here; fluxbridge doctor says what is missing"
            )
        return said

    @property
    def absent(self) -> dict[str, str]:
        """The engines that this machine does not have, with what is missing."""
        others = {engine: why for engine, why in self.silent.items() if why == NOT_INSTALLED}
        return {**self.without_julia, **others}

    @property
    def without_julia(self) -> dict[str, str]:
        """Those of them that need a Julia, where there is none."""
        return {engine: why for engine, why in self.silent.items() if why.startswith(NO_JULIA)}

    def __str__(self) -> str:
        values = ", ".join(f"{engine} {_number(v)}" for engine, v in self.value.items())
        head = [f"{self.title}: {self.verdict} ({self.summary()})", f"value: {values}"]
        told = [*map(_wrapped, head), "", *self._table(), *map(_wrapped, self.remarks())]
        return "\n".join(told)

    def _table(self) -> list[str]:
        """The lines of the table, those of one engine below its name."""
        heading = ["worst entry", "native", "engine says", "apart", "allowed", "verdict"]
        rows = []
        for x in self.lines:
            numbers = [_number(x.ours), _number(x.theirs), f"{x.difference:.1e}", f"{x.tolerance:.1e}"]
            rows.append([x.entry, *numbers, x.verdict])
        widths = [max(map(len, column)) for column in zip(heading, *rows, strict=True)]

        def written(row: list[str]) -> str:
            return "  ".join(["", *(c.ljust(w) for c, w in zip(row, widths, strict=True))]).rstrip()

        told: list[str] = []
        for engine in dict.fromkeys(line.engine for line in self.lines):
            told += [engine, written(heading)] if not told else [engine]
            told += [
                written(row) for line, row in zip(self.lines, rows, strict=True) if line.engine == engine
            ]
        return [*told, ""] if told else []

    __repr__ = __str__

    def _repr_html_(self) -> str:
        def cells(row: list[str], tag: str) -> str:
            return "".join(f"<{tag} style='text-align:left'>{html.escape(c)}</{tag}>" for c in row)

        color = {AGREES: "#1a7f37", DIFFERS: "#cf222e", KINK: "#9a6700", UNSURE: "#9a6700"}
        body = "".join(
            f"<tr style='color:{color[line.verdict]}'>{cells(row, 'td')}</tr>"
            for line, row in zip(self.lines, self.rows(), strict=True)
        )
        remarks = "".join(f"<li>{html.escape(r)}</li>" for r in self.remarks())
        values = html.escape(", ".join(f"{engine}: {_number(v)}" for engine, v in self.value.items()))
        return (
            f"<p><b>{html.escape(self.title)}</b>: {html.escape(self.summary())}<br>value: {values}</p>"
            f"<div style='overflow-x:auto'><table><thead><tr>{cells(HEADING, 'th')}</tr></thead>"
            f"<tbody>{body}</tbody></table></div>"
            f"<ul>{remarks}</ul>"
        )

    def to_dict(self) -> dict[str, Any]:
        """The report as plain data, ready for JSON."""
        return {
            "title": self.title,
            "of": self.of,
            "ok": bool(self),
            "verdict": self.verdict,
            "value": {engine: _plain(v) for engine, v in self.value.items()},
            "lines": [{k: _plain(v) for k, v in line._asdict().items()} for line in self.lines],
            "silent": self.silent,
            "kinks": self.kinks,
            "suspects": self.suspects,
            "notes": self.notes,
            "tolerance": self.why,
            "seconds": self.seconds,
        }

    def to_json(self) -> str:
        return json.dumps(self.to_dict(), indent=2)


HEADING = [
    "leaf",
    "shape",
    "engine",
    "worst entry",
    "native",
    "engine says",
    "difference",
    "relative",
    "ulp",
    "tolerance",
    "verdict",
]


def _wrapped(text: str) -> str:
    """A remark in lines of at most 80 characters; one that has lines of its own stays as it is."""
    return text if "\n" in text else wrapped(text, rest="  ")


def _shape(line: Line) -> str:
    return "×".join(map(str, line.shape)) + f" {line.dtype}" if line.shape else line.dtype


def _number(x: Any) -> str:
    if x is None:
        return "None"
    if np.ndim(x):
        return f"array {np.shape(x)}"
    return f"{complex(x):.8g}" if np.iscomplexobj(x) else f"{float(x):.8g}"


def _plain(x: Any) -> Any:
    if isinstance(x, (np.ndarray, np.generic)):
        x = x.tolist()
    if isinstance(x, complex):
        return {"re": x.real, "im": x.imag}
    if isinstance(x, float) and not np.isfinite(x):
        return str(x)
    return x if isinstance(x, (int, float, str, bool, type(None), list, tuple)) else str(x)
