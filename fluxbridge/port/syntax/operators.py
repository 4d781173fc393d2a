"""Julia's operators: precedence, associativity, and which are unary or have no broadcasting form."""

from __future__ import annotations

from ...julia.emit.reserved import RESERVED

ASSIGNMENT, COMMA, PAIR, CONDITIONAL, ARROW, OR, AND, COMPARISON = range(1, 9)
PIPE_LEFT, PIPE_RIGHT, COLON, PLUS, TIMES, RATIONAL, SHIFT, POWER = range(9, 17)

_TABLE = {
    ASSIGNMENT: "= += -= *= /= //= \\= ^= ÷= %= <<= >>= >>>= |= &= ⊻= ≔ ⩴ ≕ := $= ~",
    PAIR: "=>",
    ARROW: "--> <-- <--> ← → ↔ ↚ ↛ ↞ ↠ ↢ ↣ ↦ ↤ ↮ ⇎ ⇍ ⇏ ⇐ ⇒ ⇔ ⇴ ⇶ ⇷ ⇸ ⇹ ⟵ ⟶ ⟷ ⟹ ⟺ ⟻ ⟼ ⇀ ⇁ ⇄ ⥂ ↩ ↪ ↫ ↬ ↼ ⇋ ⇌ ⇚ ⇛ ⇜ ⇝ ⇠ ⇢ ↷ ↶ ↺ ↻",  # noqa: E501
    OR: "||",
    AND: "&&",
    COMPARISON: "> < >= ≥ <= ≤ == === ≡ != ≠ !== ≢ ∈ ∉ ∋ ∌ ⊆ ⊈ ⊂ ⊄ ⊊ ∝ ∊ ∍ ∥ ∦ ∷ ∺ ∻ ∽ ∾ ≁ ≃ ≂ ≄ ≅ ≆ ≇ ≈ ≉ ≊ ≋ "  # noqa: E501
    "≌ ≍ ≎ ≐ ≑ ≒ ≓ ≖ ≗ ≘ ≙ ≚ ≛ ≜ ≝ ≞ ≟ ≣ ≦ ≧ ≨ ≩ ≪ ≫ ≬ ≭ ≮ ≯ ≰ ≱ ≲ ≳ ≴ ≵ ≶ ≷ ≸ ≹ ≺ ≻ ≼ ≽ ≾ ≿ ⊀ ⊁ ⊃ ⊅ ⊇ ⊉ ⊋ ⊏ ⊐ ⊑ ⊒ "  # noqa: E501
    "⊜ ⊩ ⊬ ⊮ ⊰ ⊱ ⊲ ⊳ ⊴ ⊵ ⊶ ⊷ ⋍ ⋐ ⋑ ⋕ ⋖ ⋗ ⋘ ⋙ ⋚ ⋛ ⋜ ⋝ ⋞ ⋟ ⋠ ⋡ ⋢ ⋣ ⋤ ⋥ ⋦ ⋧ ⋨ ⋩ ⋪ ⋫ ⋬ ⋭ ⟂ ⊢ ⊣ <: >: in isa",
    PIPE_LEFT: "<|",
    PIPE_RIGHT: "|>",
    COLON: ": .. … ⁝ ⋮ ⋱ ⋰ ⋯",
    PLUS: "+ - − ¦ | ⊕ ⊖ ⊞ ⊟ ++ ∪ ∨ ⊔ ± ∓ ∔ ∸ ≏ ⊎ ⊻ ⊽ ⋎ ⋓ ⟇ ⧺ ⧻ ⨈ ⨢ ⨣ ⨤ ⨥ ⨦ ⨧ ⨨ ⨩ ⨪ ⨫ ⨬ ⨭ ⨮ ⨹ ⨺ ⩁ ⩂ ⩅ ⩊ ⩌ ⩏ ⩐ ⩒ ⩔ ⩖ ⩗ ⩛ ⩝ ⩡ ⩢ ⩣",  # noqa: E501
    TIMES: "* / ⌿ ÷ % & · · ⋅ ∘ × \\ ∩ ∧ ⊗ ⊘ ⊙ ⊚ ⊛ ⊠ ⊡ ⊓ ∗ ∙ ∤ ⅋ ≀ ⊼ ⋄ ⋆ ⋇ ⋉ ⋊ ⋋ ⋌ ⋏ ⋒ ⟑ ⦸ ⦼ ⦾ ⦿ ⧶ ⧷ ⨇ ⨰ ⨱ ⨲ ⨳ ⨴ ⨵ "  # noqa: E501
    "⨶ ⨷ ⨸ ⨻ ⨼ ⨽ ⩀ ⩃ ⩄ ⩋ ⩍ ⩎ ⩑ ⩓ ⩕ ⩘ ⩚ ⩜ ⩞ ⩟ ⩠ ⫛ ⊍ ▷ ⨝ ⟕ ⟖ ⟗ ⨟",
    RATIONAL: "//",
    SHIFT: "<< >> >>>",
    POWER: "^ ↑ ↓ ⇵ ⟰ ⟱ ⤈ ⤉ ⤊ ⤋ ⤒ ⤓ ⥉ ⥌ ⥍ ⥏ ⥑ ⥔ ⥕ ⥘ ⥙ ⥜ ⥝ ⥠ ⥡ ⥣ ⥥ ⥮ ⥯ ↑ ↓",
}

PRECEDENCE: dict[str, int] = {name: level for level, names in _TABLE.items() for name in names.split()}
RIGHT = frozenset({ASSIGNMENT, PAIR, ARROW, OR, AND, PIPE_LEFT})
"""Levels that associate to the right."""

UNARY = frozenset(["+", "-", "!", "~", "¬", "√", "∛", "∜", "⋆", "±", "∓", "<:", ">:", "−"])
RADICAL = frozenset(["√", "∛", "∜", "¬", "!"])
SYNTAX_UNARY = frozenset(["&", "::", "$"])
BINARY_AND_UNARY = frozenset(["+", "-", "⋆", "±", "∓", "$", "&", "~", "−"])

OTHERS = frozenset(["::", "->", "...", ".", "?", "$", "'", "!", "¬", "√", "∛", "∜", "@"])
WORDS = frozenset({"in", "isa"})
SYMBOLS = sorted((set(PRECEDENCE) | OTHERS) - WORDS, key=len, reverse=True)
NO_DOT = frozenset(["::", "->", "...", ".", "?", "$", "'", ":", ":=", "$=", "@"])
SYNTACTIC = frozenset(["&&", "||", "<:", ">:", "-->"])
"""Binary operators that are heads of expressions, not called functions."""

#: Those that begin an expression; the others are parts of one.
OPENING = RESERVED - {"catch", "do", "else", "elseif", "end", "finally"}
SUFFIXES = frozenset("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾′″‴⁗ₐₑₒₓₕₖₗₘₙₚₛₜᵢᵣᵤᵥⱼᵦᵧᵨᵩᵪ")
NO_SUFFIX = frozenset(
    [
        "=",
        "+=",
        "-=",
        "*=",
        "/=",
        "//=",
        "\\=",
        "^=",
        "÷=",
        "%=",
        "<<=",
        ">>=",
        ">>>=",
        "|=",
        "&=",
        "⊻=",
        ":=",
        "$=",
        ":",
        "..",
        "...",
        ".",
        "::",
        "->",
        "?",
        "$",
        "'",
        "!",
        "&&",
        "||",
        "~",
        "in",
        "isa",
        "<:",
        ">:",
        "@",
    ]
)
