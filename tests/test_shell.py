"""The command line: errors in one sentence, exit statuses, examples at the end of each help."""

from __future__ import annotations

import argparse
import re
import shlex
import subprocess
import sys

import pytest

from fluxbridge import cli, shell


def commands() -> dict[str, argparse.ArgumentParser]:
    from fluxbridge.port import command

    (sub,) = [a for a in cli.parser()._actions if isinstance(a, argparse._SubParsersAction)]
    return {**sub.choices, "port": command.parser()}


@pytest.mark.parametrize("name", [n for n in commands() if n != "port"])
def test_each_help_ends_with_two_examples_that_are_understood(name):
    parser = commands()[name]
    text = parser.format_help()
    examples = text.partition("\nexamples:\n")[2].splitlines()
    assert len(examples) == 2 and "Exit status" in text
    for example in examples:
        program, *rest = shlex.split(example.partition("|")[0])
        assert program == "fluxbridge"
        cli.parser().parse_args(rest)  # exits with 2 if it is not understood
    assert max(map(len, text.splitlines())) <= 90


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["gradient", "lambda x, y: x", "2.0"], "takes (x, y), and 1 argument was given"),
        (["gradient", "lambda x: math.sin(x)", "2.0"], "np.sin instead of math.sin"),
        (["gradient", "lambda x: x + y", "2.0"], "raised NameError: name 'y' is not defined"),
        (["gradient", "lambda x: x / 0", "2.0"], "raised ZeroDivisionError"),
        (["gradient", "lambda x: x", "abc"], "'abc' is not a Python expression"),
        (["explain", "lambda x: math.sin(x)", "2.0"], "np.sin instead of math.sin"),
        (["explain", "lambda x: x", "1", "2"], "takes (x), and 2 arguments were given"),
        (["check", "numpy:sin", "--args", "1.0", "--of", "third"], "of must be one of"),
        (["check", "math:sin", "--args", "1.0"], "np.sin instead of math.sin"),
    ],
)
def test_an_error_is_one_sentence(capsys, arguments, says):
    assert cli.main(arguments) == 2
    told = capsys.readouterr()
    assert says in told.err and told.err.startswith("fluxbridge: ") and "Traceback" not in told.err
    assert not told.out


def test_math_is_known(capsys):
    assert cli.main(["gradient", "lambda x: math.pi * x", "2.0"]) == 0
    assert capsys.readouterr().out.startswith("(3.14159")


def test_the_users_line_is_named(tmp_path, monkeypatch, capsys):
    (tmp_path / "faulty_losses.py").write_text("def loss(x):\n    return x + nothing\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert cli.main(["check", "faulty_losses:loss", "--args", "1.0"]) == 2
    assert re.search(
        r"raised NameError in line 2 of .*faulty_losses.py: name 'nothing'", capsys.readouterr().err
    )


def test_faults_of_ours_are_not_hidden():
    words: dict = {}
    exec(compile("def command(_):\n    raise AssertionError('a fault')", shell.__file__, "exec"), words)
    with pytest.raises(AssertionError, match="a fault"):
        shell.guarded(words["command"], None)


def test_an_interrupt(capsys):
    def command(_):
        raise KeyboardInterrupt

    assert shell.guarded(command, None) == 130
    assert capsys.readouterr().err == "fluxbridge: stopped\n"


def test_a_reader_that_goes_away():
    code = "from fluxbridge.cli import main; import sys; sys.exit(main(['primitives']) and 9)"
    program = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    program.stdout.close()
    assert b"Traceback" not in program.stderr.read()
    program.stderr.close()
    assert program.wait() in (0, 120)  # Python's own status for a stream that is gone


def test_a_check_of_nothing_does_not_pass(capsys):
    assert cli.main(["check", "numpy:floor", "--args", "1.0", "--engine", "complex step"]) in (2, 3)
    assert "nothing compared" in capsys.readouterr().out


def test_the_report_fits_a_terminal(capsys):
    cli.main(["check", "numpy:linalg.det", "--args", "[[1.0, 2.5], [-3.0, 4.0]]"])
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80, max(lines, key=len)


def test_the_program():
    done = subprocess.run(
        [sys.executable, "-m", "fluxbridge", "gradient", "lambda x: 3*x**2", "5"],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, "(30.0,)\n")
