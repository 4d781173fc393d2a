"""Words of Julia that the lowering knows: constants, types, exceptions, heads of expressions."""

from __future__ import annotations

from ..kinds import BOOL, CHAR, COMPLEX, F32, FLOAT, INT, NONE, STR, SYM

CONSTANTS = {
    "π": ("np.pi", FLOAT), "pi": ("np.pi", FLOAT), "ℯ": ("np.e", FLOAT), "Inf": ("np.inf", FLOAT), "NaN": ("np.nan", FLOAT),  # noqa: E501
    "Inf32": ("np.float32(np.inf)", F32), "NaN32": ("np.float32(np.nan)", F32), "nothing": ("None", NONE), "im": ("jl.im", COMPLEX),  # noqa: E501
    "Inf64": ("np.inf", FLOAT), "undef": ("None", NONE),
}  # fmt: skip
#: Numbers that print as their names.
IRRATIONAL = {"π": "PI", "pi": "PI", "ℯ": "E", "im": "IM"}
#: Functions that give a range which Julia shows in another way.
ONE_TO = frozenset(("axes", "eachindex"))
TYPE_WORDS = frozenset(
    [
        "Any",
        "Number",
        "Real",
        "Integer",
        "Signed",
        "Unsigned",
        "AbstractFloat",
        "Int8",
        "Int16",
        "Int32",
        "Int64",
        "Int",
        "UInt8",
        "UInt16",
        "UInt32",
        "UInt64",
        "BigInt",
        "Bool",
        "Float16",
        "Float32",
        "Float64",
        "Rational",
        "Complex",
        "ComplexF64",
        "AbstractString",
        "String",
        "SubString",
        "AbstractChar",
        "Char",
        "Symbol",
        "Nothing",
        "Missing",
        "Function",
        "AbstractArray",
        "AbstractVector",
        "AbstractMatrix",
        "Array",
        "Vector",
        "Matrix",
        "AbstractRange",
        "UnitRange",
        "Tuple",
        "NamedTuple",
        "AbstractDict",
        "Dict",
        "Set",
        "DataType",
        "Pair",
        "Exception",
        "AbstractIrrational",
    ]
)
TYPE_NAMES = {
    "Any": "Any_", "Function": "Function_", "Symbol": "SymbolType", "Exception": "Exception_",
    "Pair": "PairType",
}  # fmt: skip
EXCEPTIONS = {
    "ErrorException": "ErrorException", "AssertionError": "AssertionError", "KeyError": "KeyError", "BoundsError": "IndexError",  # noqa: E501
    "DomainError": "DomainError", "ArgumentError": "ArgumentError", "DimensionMismatch": "DimensionMismatch",
    "MethodError": "TypeError", "InexactError": "InexactError", "UndefVarError": "UndefVarError", "DivideError": "ZeroDivisionError",  # noqa: E501
    "OverflowError": "OverflowError", "TypeError": "TypeError",
}  # fmt: skip
ELEMENT_KINDS = {
    "Int": INT, "Int64": INT, "Float64": FLOAT, "Float32": F32, "Bool": BOOL, "String": STR, "Symbol": SYM, "Char": CHAR,  # noqa: E501
    "ComplexF64": COMPLEX,
}  # fmt: skip
#: The types of what vectors hold, by kind.
TYPE_OF = {
    INT: "Int64", FLOAT: "Float64", F32: "Float32", BOOL: "Bool", STR: "String", SYM: "SymbolType",
    CHAR: "Char",
}  # fmt: skip
DTYPES = {"Int": "int", "Int64": "int", "Float64": "float", "Float32": "np.float32", "Bool": "bool"}

HEADS = {
    ".": "field", "if": "if", "&&": "and", "||": "or", "'": "adjoint", "::": "typeassert", "->": "lambda", "<:": "subtype", ">:": "supertype",  # noqa: E501
}  # fmt: skip
STATEMENTS = frozenset(
    [
        "for",
        "while",
        "try",
        "let",
        "return",
        "break",
        "continue",
        "function",
        "struct",
        "global",
        "local",
        "const",
        "using",
        "import",
    ]
)
