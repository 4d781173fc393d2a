"""Reading: which form a text has, and its cells."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from .cells import Cell, Document

PLUTO = "### A Pluto.jl notebook ###"
FENCE = re.compile(r"^(?P<indent>[ \t]*)(?P<ticks>`{3,}|~{3,})(?P<info>[^`]*)$")
INCLUDE = re.compile(r"""^include\((?:joinpath\(@__DIR__, )?"([^"]+\.jl)"\)?\);?[ \t]*$""", re.MULTILINE)
SETUP = re.compile(r"setup *= *:\((?P<code>.*)\)")
LITERATE = re.compile(r"^#(?:md|nb|jl|src)?(?: |$|-)")


def read(path: str | Path) -> Document:
    """The document in a file. Raises ValueError for a file that is no text."""
    path = Path(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path.name} is no text in UTF-8") from None
    return read_text(included(text, path.parent) if path.suffix == ".jl" else text, path.suffix)


def included(text: str, folder: Path, inside: tuple[Path, ...] = ()) -> str:
    """A script with the files in the place of ``include("file.jl")`` that it reads at the top level."""

    def found(match: re.Match[str]) -> str:
        file = (folder / match[1]).resolve()
        if not file.is_file() or file in inside:
            return match[0]
        return included(file.read_text(encoding="utf-8"), file.parent, (*inside, file)).rstrip("\n")

    return INCLUDE.sub(found, text)


def read_text(text: str, suffix: str = ".jl") -> Document:
    """The document in a text; ``suffix`` is the ending of its file name.

    >>> [c.kind for c in read_text("# Title\\n\\n```julia\\nx = 1\\n```\\n", ".md").cells]
    ['prose', 'code']
    """
    text = text.replace("\r\n", "\n")
    if "\0" in text:
        raise ValueError("this is no text")
    if suffix == ".ipynb":
        return notebook(text)
    if suffix in (".md", ".markdown", ".qmd", ".jmd"):
        return markdown(text)
    if text.startswith(PLUTO) or PLUTO in text[:300]:
        return pluto(text)
    if is_literate(text):
        return literate(text)
    return script(text)


def script(text: str) -> Document:
    """A plain script: a new cell after each blank line that is not inside of a statement.

    Comments stand with the code below them. A script that is no valid Julia is one cell.

    >>> [c.text for c in script("x = 1\\n\\n# twice\\ny = 2x\\nbegin\\n\\nend").cells]
    ['x = 1', '# twice\\ny = 2x\\nbegin\\n\\nend']
    """
    from ..syntax import JuliaSyntaxError, parse

    try:
        statements = parse(text).statements
    except JuliaSyntaxError:
        return Document([Cell("code", text)], "script")
    cells: list[Cell] = []
    start, line, end = 0, 1, 0
    for node in statements:
        at = getattr(node, "at", -1)
        gap = re.search(r"\n[ \t]*\n", text[end:at]) if end else None
        if gap is not None:
            cut = end + gap.end()
            cells.append(Cell("code", text[start:cut].strip("\n"), line))
            between = len(text[cut:]) - len(text[cut:].lstrip("\n"))
            line += text.count("\n", start, cut + between)
            start = cut + between
        end = max(getattr(node, "end", -1), at + 1)
    if text[start:].strip():
        cells.append(Cell("code", text[start:].strip("\n"), line))
    return Document(cells, "script")


def is_literate(text: str) -> bool:
    """Whether a script is written for Literate.jl: a title in a comment, or its directives."""
    lines = text.split("\n")
    first = next((line for line in lines if line.strip()), "")
    directives = any(
        re.match(r"^#-\s*$|^#(md|nb|src|jl) ", line) or re.search(r"#(hide|src|md|nb|jl)\s*$", line)
        for line in lines
    )
    return first.startswith("# # ") or (directives and any(line.startswith("# ## ") for line in lines))


def literate(text: str) -> Document:
    """Literate.jl: lines that begin with ``# `` are prose, ``#-`` separates cells; all lines of code
    count, as in a script."""
    cells: list[Cell] = []
    current: list[str] = []
    kind, start = "prose", 1

    def close(number: int) -> None:
        nonlocal current
        body = "\n".join(current).strip("\n")
        if body.strip():
            cells.append(Cell(kind, body, start))
        current = []

    for number, line in enumerate(text.split("\n"), 1):
        marked = re.match(r"^#(md|nb|jl|src) ?(.*)$", line)
        if marked and marked.group(1) in ("md", "nb") and re.match(r"^# ?", marked.group(2)):
            line = marked.group(2)
        elif marked and marked.group(1) in ("md", "nb", "jl", "src"):
            continue
        if re.match(r"^#-+\s*$", line) or re.match(r"^#\+\s*$", line):
            close(number)
            start = number + 1
            continue
        prose = re.match(r"^# ?(?!#)|^#$", line) if re.match(r"^#( |$)", line) else None
        if prose:
            if kind == "code":
                close(number)
                kind, start = "prose", number
            current.append(re.sub(r"^# ?", "", line))
        elif not line.strip() and kind == "prose":
            current.append("")
        else:
            if kind == "prose":
                close(number)
                kind, start = "code", number
            current.append(re.sub(r"\s*#(hide|src|md|nb|jl)\s*$", "", line))
    close(0)
    return Document(cells, "literate")


def pluto(text: str) -> Document:
    """Pluto: the cells in the order of the file, which is the order in which they can run; ``md`` texts
    are prose."""
    pieces = re.split(r"^# ╔═╡ (.*)$", text, flags=re.MULTILINE)
    cells: list[Cell] = []
    hidden = set(re.findall(r"^# ╟─(\S+)", pieces[-1], flags=re.MULTILINE)) if len(pieces) > 2 else set()
    opening = "\n".join(line for line in pieces[0].split("\n") if not line.startswith("#")).strip()
    if opening:
        cells.append(Cell("code", opening, 1, True))
    line = pieces[0].count("\n") + 1
    for name, body in zip(pieces[1::2], pieces[2::2], strict=False):
        start = line
        line += body.count("\n")
        if name.strip().startswith("Cell order"):
            continue
        code = body.strip("\n")
        found = re.match(r'^\s*(?:md|html)"""(.*)"""\s*$', code, re.DOTALL) or re.match(
            r'^\s*md"([^"]*)"\s*$', code
        )
        if name.startswith("00000000-0000-0000-0000-00000000000"):
            continue  # Pluto's own: the packages and their versions
        if found and "$(" not in found.group(1):
            cells.append(Cell("prose", found.group(1).strip("\n"), start + 1))
        elif code.strip():
            cells.append(Cell("code", code, start + 1, name in hidden))
    return Document(cells, "pluto")


def markdown(text: str) -> Document:
    """Markdown of Documenter, and plain: fenced blocks of Julia are code, the rest is prose."""
    cells: list[Cell] = []
    prose: list[str] = []
    lines = text.split("\n")
    number, start = 0, 1

    def close() -> None:
        body = "\n".join(prose).strip("\n")
        if body.strip():
            cells.append(Cell("prose", body, start))
        prose.clear()

    while number < len(lines):
        fence = FENCE.match(lines[number])
        if fence is None:
            prose.append(lines[number])
            number += 1
            continue
        begin = number
        ticks, indent = fence.group("ticks"), fence.group("indent")
        number += 1
        body = []
        while number < len(lines) and not re.match(rf"^[ \t]*{re.escape(ticks)}\s*$", lines[number]):
            body.append(lines[number][len(indent) :] if lines[number].startswith(indent) else lines[number])
            number += 1
        number += 1
        made = _block(fence.group("info").strip(), body, begin + 2)
        if made is None:
            prose.extend(lines[begin:number])
            continue
        close()
        start = number + 1
        cells.extend(made)
    close()
    return Document(cells, "markdown", soft=True)


def _block(info: str, body: list[str], line: int) -> list[Cell] | None:
    """The cells of a fenced block, or ``None`` if it is no code of Julia."""
    name = re.split(r"[\s;,{]", info.strip("{}").lstrip("."), maxsplit=1)[0].lower()
    if name not in ("julia", "julia-repl", "jldoctest", "@example", "@repl", "@setup", "@eval"):
        return None
    hidden = name == "@setup"
    before = SETUP.search(info) if name == "jldoctest" else None
    if before is not None:
        made = _block("jldoctest", body, line)
        return [Cell("code", before.group("code"), line, True), *(made or [])]
    if name in ("julia", "julia-repl", "jldoctest", "@repl") and any(re.match(r"^julia> ?", b) for b in body):
        return repl(body, line)
    if name == "jldoctest" and "# output" in body:
        place = body.index("# output")
        return [
            Cell(
                "code",
                "\n".join(body[:place]).strip("\n"),
                line,
                answers=["\n".join(body[place + 1 :]).strip("\n")],
            )
        ]
    kept = [re.sub(r"\s*# hide\s*$", "", b) for b in body]
    return [Cell("code", "\n".join(kept).strip("\n"), line, hidden)]


def repl(body: list[str], line: int) -> list[Cell]:
    """Inputs after ``julia>`` with the answers below them."""
    cells: list[Cell] = []
    answer: list[str] = []

    def close() -> None:
        if cells:
            shown = "\n".join(answer).strip("\n")
            cells[-1].answers = [shown] if shown else []
            cells[-1].fails = shown.startswith("ERROR")
        answer.clear()

    open_input = False
    for offset, text in enumerate(body):
        prompt = re.match(r"^julia> ?(.*)$", text)
        if prompt:
            close()
            cells.append(Cell("code", prompt.group(1), line + offset))
            open_input = True
        elif open_input and not answer and _unfinished(cells[-1].text, text):
            cells[-1].text += "\n" + (text[7:] if text.startswith("       ") else text.lstrip())
        elif cells:
            open_input = False
            answer.append(text)
    close()
    return cells


def _unfinished(code: str, following: str) -> bool:
    """Whether an input goes on in the next line."""
    from ..syntax import JuliaSyntaxError, parse

    try:
        parse(code)
    except JuliaSyntaxError:
        return True
    return False


def notebook(text: str) -> Document:
    """A notebook of Jupyter."""
    try:
        cells = [_entry(entry) for entry in json.loads(text)["cells"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ValueError("this is no notebook of Jupyter") from None
    return Document([c for c in cells if c.text.strip()], "notebook", soft=True)


def _entry(entry: Any) -> Cell:
    source = entry.get("source", "")
    return Cell("code" if entry.get("cell_type") == "code" else "prose", "".join(source))
