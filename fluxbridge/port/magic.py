"""``%%julia`` in IPython and Jupyter: a cell of Julia, translated and run, or run in the real Julia.

%load_ext fluxbridge

%%julia            translated to Python and run among the variables of the notebook
%%julia --show     the Python is printed, too
%%julia --real     run in the real Julia, with variables shared both ways
"""

from __future__ import annotations

import ast
import pickle
import types
from dataclasses import dataclass
from typing import Any

from ..errors import ArgumentError, JuliaError, JuliaNotAvailable
from ..julia import JuliaObject, session
from .lower import is_definition, python_name
from .lower.facts import names_in
from .survey import assigned_in, changed_in, end_of, start_of
from .syntax import Expr, JuliaSyntaxError, parse, show
from .translate import Translation, translate_cells

OPTIONS = ("--show", "--real")
PACKAGES_AND_TYPES = ("using", "import", "struct", "abstract")
USAGE = "%%julia [--show] [--real]: --show prints the Python, --real asks the real Julia"


def load_ipython_extension(shell: Any) -> None:
    """Called by ``%load_ext fluxbridge``: ``%%julia`` and ``%julia`` are known from then on."""
    from IPython.core.error import UsageError

    cells = JuliaCells(shell.user_ns)

    def julia(line: str, cell: str | None = None) -> Any:
        try:
            return cells.run(line, cell)
        except (ArgumentError, JuliaNotAvailable) as problem:
            raise UsageError(str(problem)) from None

    julia.__doc__ = __doc__
    shell.register_magic_function(julia, magic_kind="line_cell", magic_name="julia")


@dataclass
class Definition:
    """Something that an earlier cell has said and later ones build on: a package, a function, a struct.

    ``made`` are the objects that it made; it counts as long as they are what the names stand for. ``head``
    is a function's signature: the same again replaces it.
    """

    code: str
    head: str
    names: list[str]
    made: dict[str, Any]

    def holds(self, scope: dict[str, Any]) -> bool:
        """Whether nobody has given its names to something else."""
        return all(scope.get(name) is value for name, value in self.made.items())


class JuliaCells:
    """The cells of Julia of one notebook, whose variables are in ``scope``.

    >>> scope = {}
    >>> cells = JuliaCells(scope)
    >>> cells.run("", "f(x) = 3x + 1\\nf(2)")
    7
    >>> scope["f"](1.5)
    5.5
    """

    def __init__(self, scope: dict[str, Any]) -> None:
        self.scope = scope
        self.known: list[Definition] = []
        self.real: Real | None = None

    def run(self, line: str, cell: str | None = None) -> Any:
        """Run a cell with the options in ``line``; without a cell, what else is in ``line``.

        Returns the value of its last expression, None after a final semicolon. Raises ArgumentError for
        unknown options, and for code that is refused; nothing of it has run then.
        """
        options, rest = _split(line)
        if cell is not None and rest:
            raise ArgumentError(f"{rest!r} is no option. {USAGE}")
        code = rest if cell is None else cell
        if "--real" in options:
            if "--show" in options:
                raise ArgumentError(
                    "--show prints the translation, and --real runs the Julia itself: choose one"
                )
            self.real = self.real or Real(self.scope)
            value = self.real.run(code)
        else:
            value = self.translated(code, "--show" in options)
        return None if code.rstrip().endswith(";") else value

    def translated(self, code: str, show: bool) -> Any:
        """Translate and run."""
        new = _definitions(code)
        heads = {d.head for d in new}
        self.known = [d for d in self.known if d.holds(self.scope) and d.head not in heads]
        names = {name for d in new for name in d.names}
        again = [d for d in self.known if names & set(d.names)]  # their functions get more methods
        before = [d for d in self.known if d not in again]
        cells = [*(d.code for d in before), *(d.code for d in again), code]
        translation = translate_cells(cells, soft=True, free=True, interactive=True)
        wanted = range(len(before), len(cells))
        python = _python(translation, wanted)
        if show:
            print(python)
        value = self.execute(python)
        for d in new:
            own = [python_name(n) for n in d.names]
            d.made = {n: self.scope[n] for n in own if n in self.scope}
        for d in again:
            d.made = {n: self.scope[n] for n in d.made}
        self.known += new
        return value

    def execute(self, python: str) -> Any:
        """Run Python among the variables of the notebook; the value of the last expression."""
        tree = ast.parse(python)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, "<julia>", "exec", dont_inherit=True), self.scope)
        if not isinstance(last, ast.Expr):
            return None
        return eval(compile(ast.Expression(last.value), "<julia>", "eval", dont_inherit=True), self.scope)


def _split(line: str) -> tuple[set[str], str]:
    """The options at the beginning of a line, and the rest."""
    options: set[str] = set()
    rest = line.strip()
    while rest.startswith("--"):
        word, _, rest = rest.partition(" ")
        if word not in OPTIONS:
            raise ArgumentError(f"{word} is no option. {USAGE}")
        options.add(word)
        rest = rest.strip()
    return options, rest


def _definitions(code: str) -> list[Definition]:
    """What later cells have to know of this one. ArgumentError if it is no Julia."""
    try:
        statements = parse(code).statements
    except JuliaSyntaxError as problem:
        raise ArgumentError(f"this is no valid Julia: {problem}") from None
    found = []
    for node in statements:
        inner = node
        while isinstance(inner, Expr) and inner.head == "macrocall" and isinstance(inner.args[-1], Expr):
            inner = inner.args[-1]
        if isinstance(inner, Expr) and (is_definition(inner) or inner.head in PACKAGES_AND_TYPES):
            whole = code[start_of(node) : end_of(node, code)]
            head = show(inner.args[0]) if is_definition(inner) else whole
            found.append(Definition(whole, head, assigned_in(node), {}))
    return found


def _python(translation: Translation, cells: range) -> str:
    """The Python of some of the cells with all imports. ArgumentError if something in them is refused."""
    start, end = translation.cells[cells.start][0], translation.cells[cells.stop - 1][1]
    first = translation.cells[-1][0]
    for piece in translation.pieces:
        if piece.refused is not None and start <= piece.at < end:
            line = translation.text.count("\n", first, max(piece.at, first)) + 1
            where = f"line {line} of this cell" if piece.at >= first else "an earlier cell"
            raise ArgumentError(
                f"{where} is not translated, so nothing of it has run: {piece.refused}. %%julia --real "
                "asks the real Julia"
            )
    return "\n".join([*translation.header, *(translation.cell(n) for n in cells)]).strip()


# -- the real Julia --------------------------------------------------------------------------------------


class Real:
    """A module of the real Julia that shares the variables of a notebook.

    Before a cell runs, the variables that it names go to Julia: data, and functions that were defined in the
    notebook. Afterwards those that it assigns come back. What came from Julia and was not changed since then
    is not sent back, so it stays what it is there.
    """

    def __init__(self, scope: dict[str, Any]) -> None:
        self.scope = scope
        self.given: dict[str, tuple[Any, bytes | None]] = {}
        self._bridge: Any = None

    def _open(self) -> None:
        bridge = session.bridge()
        if bridge is self._bridge:
            return
        self._bridge, self.given = bridge, {}
        self._share = JuliaObject(bridge.define("FluxBridge.Documents.share"), bridge)
        make = JuliaObject(bridge.define("FluxBridge.Documents.document"), bridge)
        self._document = make(True, 0)

    def run(self, code: str) -> Any:
        """Run code; its value as Python has it. Raises JuliaError for an error of Julia."""
        self._open()
        used, assigned = _used(code)
        names = [n for n in used if self._sent(n)]
        values = tuple(self.scope[python_name(n)] for n in names)
        answer = self._share(self._document, code, tuple(names), values, tuple(assigned))
        printed, kind, error, value, found, results = answer
        print(printed, end="")
        for name, x in zip(found, results, strict=True):
            self.scope[python_name(name)] = x
            self.given[name] = (x, _content(x))
        if kind:
            problem = JuliaError(error)
            problem.type = kind
            raise problem
        return value

    def _sent(self, name: str) -> bool:
        """Whether a variable goes to Julia: if it is the notebook's own, and Julia has not just given it."""
        if python_name(name) not in self.scope:
            return False
        value = self.scope[python_name(name)]
        if not isinstance(value, JuliaObject):
            if isinstance(value, (types.ModuleType, type)):
                return False
            if callable(value) and getattr(value, "__module__", None) != self.scope.get(
                "__name__", "__main__"
            ):
                return False
        if name not in self.given:
            return True
        given, content = self.given[name]
        return given is not value or content != _content(value)


def _used(code: str) -> tuple[list[str], list[str]]:
    """The names in a cell, and those of variables that it assigns or changes."""
    try:
        statements = parse(code).statements
    except JuliaSyntaxError:
        return [], []  # Julia says what is wrong with it
    used = set().union(*(names_in(node) for node in statements))
    return sorted(used), list(dict.fromkeys(n for s in statements for n in (*assigned_in(s), *changed_in(s))))


def _content(x: Any) -> bytes | None:
    try:
        return pickle.dumps(x)
    except Exception:  # an object of Julia, or a function: it is known by itself
        return None


__all__ = ["JuliaCells", "load_ipython_extension"]
