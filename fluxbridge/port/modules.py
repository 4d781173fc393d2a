"""Small modules of a program: their definitions become those of the program, where no name is taken."""

from __future__ import annotations

from typing import Any

from .lower import scan
from .syntax import Expr, Name, Node, Quoted


def flattened(statements: list[Node]) -> list[Node]:
    """The statements with those of modules in the place of the modules.

    A module stays, and is refused later, if one of its names means something else outside of it, or if another module has the same
    name in it.
    """  # noqa: E501
    modules = {s.args[1].text: s for s in statements if _is_module(s)}  # type: ignore[union-attr]
    if not modules:
        return statements
    inside = {name: _names(m.args[2].args) for name, m in modules.items()}  # type: ignore[union-attr]
    others = [s for s in statements if not _is_module(s)]
    visible = {name: _visible(name, m, others) for name, m in modules.items()}
    used = _used(others, set(modules))
    for name, own in inside.items():
        foreign = used | {n for other, names in inside.items() if other != name for n in names}
        if own & foreign - visible[name] or any(_is_module(s) for s in modules[name].args[2].args):  # type: ignore[union-attr]
            return statements
    made: list[Node] = []
    for s in statements:
        if _is_module(s):
            inner = [x for x in s.args[2].args if not (isinstance(x, Expr) and x.head == "export")]  # type: ignore[union-attr]
            made += [_plain(x, inside) for x in inner]
        elif not _imports(s, set(modules)):
            made.append(_plain(s, inside))
    return made


def _is_module(node: Any) -> bool:
    return isinstance(node, Expr) and node.head == "module" and isinstance(node.args[1], Name)


def _names(nodes: Any) -> set[str]:
    found = scan(list(nodes))
    return {*found.plain, *found.functions, *found.structs}


def _imported(node: Any) -> list[tuple[str, list[str] | None]]:
    """The modules of the program that an import names, with the names it asks for."""
    if not (isinstance(node, Expr) and node.head in ("using", "import")):
        return []
    found: list[tuple[str, list[str] | None]] = []
    for path in node.args:
        wanted = None
        if isinstance(path, Expr) and path.head == ":":
            wanted = [
                p.args[-1].text for p in path.args[1:] if isinstance(p, Expr) and isinstance(p.args[-1], Name)
            ]
            path = path.args[0]
        parts = [a.text for a in path.args if isinstance(a, Name)] if isinstance(path, Expr) else []
        if len(parts) == 2 and parts[0] in (".", "Main"):
            found.append((parts[1], wanted))
        else:
            found.append(("", wanted))
    return found


def _imports(node: Any, modules: set[str]) -> bool:
    found = _imported(node)
    return bool(found) and all(name in modules for name, _ in found)


def _visible(name: str, module: Any, others: list[Node]) -> set[str]:
    """The names of a module that the program sees without its name before them."""
    exported = {
        a.text
        for s in module.args[2].args
        if isinstance(s, Expr) and s.head == "export"
        for a in s.args
        if isinstance(a, Name)
    }
    seen: set[str] = set()
    for s in others:
        for imported, wanted in _imported(s):
            if imported == name:
                seen |= set(wanted) if wanted is not None else exported if s.head == "using" else set()  # type: ignore[union-attr]
    return seen


def _used(nodes: list[Node], modules: set[str]) -> set[str]:
    """The names in statements, without those behind the name of a module."""
    found: set[str] = set()
    stack: list[Any] = [n for n in nodes if not _imported(n)]
    while stack:
        node = stack.pop()
        if isinstance(node, Name):
            found.add(node.text)
        elif isinstance(node, Quoted):
            stack.append(node.value)
        elif isinstance(node, Expr):
            if node.head == "." and getattr(node.args[0], "text", "") in modules:
                continue
            if node.head == "." and len(node.args) == 2 and isinstance(node.args[1], Quoted):
                stack.append(node.args[0])
                continue
            stack.extend(node.args)
    return found


def _plain(node: Any, inside: dict[str, set[str]]) -> Any:
    """``M.f`` as ``f``."""
    if not isinstance(node, Expr):
        return node
    if node.head == "." and len(node.args) == 2 and isinstance(node.args[1], Quoted):
        module, name = getattr(node.args[0], "text", ""), getattr(node.args[1].value, "text", "")
        if name in inside.get(module, ()):
            return Name(name, node.at)
    return Expr(node.head, [_plain(a, inside) for a in node.args], node.at, node.end)


__all__ = ["flattened"]
