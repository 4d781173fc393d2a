"""What is printed while Julia starts is shown, and kept for the message if it does not start."""

from __future__ import annotations

import os

import pytest

from fluxbridge.julia.session import _beginning, _stderr_kept


@pytest.mark.parametrize("parts", [[], [b"one\n"], [b"one\n", b"two"], [b"x" * 100_000, b"\n"]])
def test_it_is_shown_and_kept(capfd, parts):
    with _stderr_kept() as kept:
        for part in parts:
            os.write(2, part)
    os.write(2, b"after")
    text = b"".join(parts).decode()
    assert kept() == text
    assert capfd.readouterr().err == text + "after"


def test_who_keeps_a_copy_of_the_pipe_holds_nobody_up(capfd):
    with _stderr_kept() as kept:
        copy = os.dup(2)
        os.write(2, b"text")
    os.close(copy)
    assert kept() == capfd.readouterr().err == "text"


def test_the_beginning_of_a_word_at_the_end():
    assert [_beginning(text, b"word") for text in (b"", b"a w", b"a wor", b"word ", b"wow")] == [
        0,
        1,
        3,
        0,
        1,
    ]
