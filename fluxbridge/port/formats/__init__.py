"""Reading and writing the forms in which tutorials come: scripts, Pluto, Literate, Markdown, notebooks."""

from .cells import Cell, Document
from .readers import read, read_text
from .writers import write_text

__all__ = ["Cell", "Document", "read", "read_text", "write_text"]
