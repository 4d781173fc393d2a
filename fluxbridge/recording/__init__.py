"""A whole run of a function as data: its steps, the questions that it asked, and the reverse sweep over them.

Explanations, the analysis of kinks, checks and translations to Julia all read this record.
"""

from .backward import Pull, backward, pull, rule_values
from .recording import Recording, is_hidden, is_outermost
from .steps import Call, Choice, Step

__all__ = [
    "Call",
    "Choice",
    "Pull",
    "Recording",
    "Step",
    "backward",
    "is_hidden",
    "is_outermost",
    "pull",
    "rule_values",
]
