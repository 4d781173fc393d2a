"""A parser for Julia: text to the tree that Julia's own ``Meta.parse`` gives."""

from .errors import JuliaSyntaxError
from .parser import parse, parse_one
from .sexpr import show
from .tree import Comment, Expr, Literal, Name, Node, Quoted, Source

__all__ = [
    "Comment", "Expr", "JuliaSyntaxError", "Literal", "Name", "Node", "Quoted", "Source", "parse", "parse_one", "show",  # noqa: E501
]  # fmt: skip
