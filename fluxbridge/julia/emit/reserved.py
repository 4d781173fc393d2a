"""Julia's reserved words."""

RESERVED = frozenset(
    """
    baremodule begin break catch const continue do else elseif end export finally for function global if import
    let local macro module quote return struct try using while
    """.split()  # noqa: E501, SIM905
)

#: Words and values that no variable should be called.
AVOIDED = RESERVED | frozenset(
    "abstract mutable primitive type where outer in isa true false nothing missing pi im Inf NaN".split()  # noqa: SIM905
)
