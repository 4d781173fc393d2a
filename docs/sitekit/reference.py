"""The pages of the API reference, docs/api: every public name, by the ``__all__`` of its module."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path
from typing import Any

#: page: (title, module, the places whose names stand on it; with none, every name that no other page has)
PAGES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "fluxbridge": ("fluxbridge", "fluxbridge", ()),
    "errors": ("fluxbridge.errors", "fluxbridge.errors", ()),
    "explanation": ("fluxbridge.explanation", "fluxbridge.explanation", ()),
    "check": ("fluxbridge.check", "fluxbridge.check", ()),
    "compiled": ("fluxbridge.compiled", "fluxbridge.compiled", ()),
    "random": ("fluxbridge.random", "fluxbridge.random", ()),
    "julia": ("fluxbridge.julia", "fluxbridge.julia", ()),
    "port": ("fluxbridge.port", "fluxbridge.port", ()),
    "flux-layers": ("fluxbridge.flux: layers", "fluxbridge.flux", ("layers", "outputsize", "declare")),
    "flux-losses": ("fluxbridge.flux: losses", "fluxbridge.flux", ("losses",)),
    "flux-optimisers": ("fluxbridge.flux: optimisers", "fluxbridge.flux", ("optimisers",)),
    "flux-training": ("fluxbridge.flux: training", "fluxbridge.flux", ("training", "callbacks", "mode")),
    "flux-data": ("fluxbridge.flux: data", "fluxbridge.flux", ("data", "onehotarrays")),
    "flux-nnlib": ("fluxbridge.flux: NNlib", "fluxbridge.flux", ("nnlib",)),
    "flux-functors": ("fluxbridge.flux: functors", "fluxbridge.flux", ("functors",)),
    "flux": ("fluxbridge.flux: everything else", "fluxbridge.flux", ()),
}

GENERATED = "https://docs.scipy.org/doc/scipy/reference/generated/"
SCIPY = ("special", "stats", "linalg", "signal", "integrate")


def public(module: Any) -> list[str]:
    """The names of ``__all__``, or those that the module itself defines."""
    return sorted(
        getattr(module, "__all__", None)
        or [
            n
            for n, v in vars(module).items()
            if n[0] != "_" and getattr(v, "__module__", "") == module.__name__
        ]
    )


def home(module: Any, name: str) -> str:
    """Where in its package a name is from: ``losses`` for ``fluxbridge.flux.losses``."""
    origin = getattr(getattr(module, name), "__module__", None) or ""
    package = module.__name__ + "."
    return origin[len(package) :].partition(".")[0] if origin.startswith(package) else ""


def entry(module: Any, name: str, known: dict[int, str]) -> str:
    """The directive for a name; a link, if the same object stands elsewhere under the same name."""
    value = getattr(module, name)
    path = f"{module.__name__}.{name}"
    if inspect.ismodule(value):
        return f"* ``{name}``: the module ``{value.__name__}``\n"
    first = known.setdefault(id(value), path)
    if first != path and first.rpartition(".")[2] == name:
        return f"* ``{name}`` is :obj:`{first}`\n"
    if inspect.isclass(value):
        return f".. autoclass:: {path}\n   :members:\n"
    kind = "autofunction" if inspect.isroutine(value) else "autodata"
    return f".. {kind}:: {path}\n" + ("   :no-value:\n" if kind == "autodata" else "")


def page(title: str, module: Any, names: list[str], known: dict[int, str], first: bool) -> str:
    head = f"{title}\n{'=' * len(title)}\n\n"
    if first:
        head += f".. automodule:: {module.__name__}\n   :no-members:\n\n"
    entries = [entry(module, name, known) for name in names]
    links = [e for e in entries if e.startswith("*")]
    directives = [e for e in entries if not e.startswith("*")]
    also = ["Also here\n---------\n\n" + "".join(links)] if links else []
    return head + f".. currentmodule:: {module.__name__}\n\n" + "\n".join(directives + also)


def scipy_page() -> str:
    """These have the texts of SciPy itself: names, and links to its pages."""
    title = "fluxbridge.scipy"
    text = f"{title}\n{'=' * len(title)}\n\n.. automodule:: {title}\n   :no-members:\n\n"
    for part in SCIPY:
        module = importlib.import_module(f"{title}.{part}")
        text += f"{part}\n{'-' * len(part)}\n\n.. automodule:: {title}.{part}\n   :no-members:\n\n"
        links = (f"`{name} <{GENERATED}scipy.{part}.{name}.html>`__" for name in public(module))
        text += ", ".join(links) + "\n\n"
    return text


def keep(file: Path, text: str) -> None:
    if not file.exists() or file.read_text(encoding="utf-8") != text:  # else Sphinx reads it anew
        file.write_text(text, encoding="utf-8")


def write(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    keep(folder / "scipy.rst", scipy_page())
    known: dict[int, str] = {}
    written: set[str] = set()
    taken = {(module, place) for _, module, places in PAGES.values() for place in places}
    for file, (title, path, places) in PAGES.items():
        module = importlib.import_module(path)
        where = {name: home(module, name) for name in public(module)}
        here = [n for n, h in where.items() if (h in places if places else (path, h) not in taken)]
        text = page(title, module, here, known, first=path not in written)
        written.add(path)
        keep(folder / f"{file}.rst", text)


def setup(app):
    app.connect("builder-inited", lambda app: write(Path(app.srcdir, "docs", "api")), priority=1)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
