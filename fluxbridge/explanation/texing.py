"""Letters and plain text in TeX, for pdfLaTeX as for MathJax."""

from __future__ import annotations

import unicodedata

_ESCAPED = {c: "\\" + c for c in "_{}#%&$"} | {"^": r"\^{}", "~": r"\~{}", "\\": r"\textbackslash{}"}
_ESCAPED |= {"<": "$<$", ">": "$>$", "·": r"$\cdot$", "≈": r"$\approx$", "…": r"$\dots$"}


def tex_text(x: str) -> str:
    """Plain text inside of TeX."""
    return rf"\text{{{''.join(map(_character, x))}}}"


def _character(c: str) -> str:
    if c.isascii() or c in _ESCAPED:
        return _ESCAPED.get(c, c)
    said = _greek(c)
    return f"${said}$" if said else c


_ACCENTS = {"\u0302": r"\hat", "\u0303": r"\tilde", "\u0304": r"\bar", "\u0307": r"\dot", "\u0308": r"\ddot"}
_UPRIGHT = set("ΑΒΕΖΗΙΚΜΝΟΡΤΧ")  # Greek capitals that look like Latin ones, and have no name in TeX


def letter(c: str) -> str:
    """A letter in TeX: a Greek one by its name, an accented one with its accent."""
    if c.isascii():
        return c
    plain, *accents = list(unicodedata.normalize("NFD", c))
    if not plain.isascii():
        plain = _greek(plain)
        if not plain:
            return tex_text(c)
    for accent in accents:
        if accent not in _ACCENTS:
            return tex_text(c)
        plain = f"{_ACCENTS[accent]}{{{plain}}}"
    return plain


def _greek(c: str) -> str:
    """The command for a Greek letter, or nothing."""
    said = unicodedata.name(c, "").split()
    if said[:1] != ["GREEK"] or c in _UPRIGHT or c == "ο" or len(said) not in (4, 5):
        return ""
    word = said[-1].lower().replace("lamda", "lambda")
    return "\\" + (word.capitalize() if c.isupper() else "varsigma" if c == "ς" else word)
