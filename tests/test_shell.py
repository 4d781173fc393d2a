"""The command line: errors in one sentence, exit statuses, examples at the end of each help."""

from __future__ import annotations

import argparse
import os
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


def told(text: str) -> str:
    """A text without its line breaks, each line of which fits."""
    assert max(map(len, text.splitlines()), default=0) <= shell.WIDTH, text
    return " ".join(text.split())


def told_with_paths(text: str) -> str:
    """The same for texts with paths, which may be longer than a line."""
    return " ".join(text.split())


@pytest.mark.parametrize("name", commands())
def test_each_help_ends_with_two_examples_that_are_understood(name):
    parser = commands()[name]
    text = parser.format_help()
    examples = text.partition("\nexamples:\n")[2].splitlines()
    assert len(examples) == 2 and "Exit status" in text
    for example in examples:
        program, *rest = shlex.split(example.partition("|")[0])
        assert program == "fluxbridge"
        commands()[rest[0]].parse_args(rest[1:])  # exits with 2 if it is not understood
    told(text)


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
        (["explain", "lambda x: x", "3.0", "--save", "x.foo"], "'x.foo' does not say what to write"),
        (["check", "numpy:sin", "1.0", "--of", "third"], "of is 'gradient' or"),
        (["check", "math:sin", "1.0"], "np.sin instead of math.sin"),
        (["check", "np.sin", "1.0", "--rtol", "-1"], "rtol is a number that is not negative"),
        (["check", "np.sin", "1.0", "--engine", "nobody"], "no engine is called 'nobody'"),
        (["gradient", "sin", "2.0"], "NumPy's is written np.sin"),
        (["gradient", "3*x**2", "2.0"], "write a function: 'lambda x: 3*x**2'"),
        (["gradient", "mymodule.loss", "2.0"], "mymodule:loss"),
        (["gradient", "lambda x: x", "foo("], "'foo(' is not a Python expression that can be evaluated: "),
        (["explain", "x -> x^2", "2.0"], "it looks like Julia"),
        (["check", "no_such_module:f", "1.0"], "'no_such_module:f' was not found"),
        (["port", "x.jl", "--text", "x = 1"], "and not both"),
        (["port", "--text", "x = 1", "--limit", "0"], "--limit is a number of seconds above 0"),
        (["port", "no_such_file.jl"], "there is no file no_such_file.jl"),
    ],
)
def test_an_error_is_one_sentence(capsys, arguments, says):
    assert cli.main(arguments) == 2
    out, err = capsys.readouterr()
    assert says in told(err) and err.startswith("fluxbridge: ") and "Traceback" not in err
    assert not out


def test_math_is_known(capsys):
    assert cli.main(["gradient", "lambda x: math.pi * x", "2.0"]) == 0
    assert capsys.readouterr().out.startswith("(3.14159")


def test_the_users_line_is_named(tmp_path, monkeypatch, capsys):
    (tmp_path / "faulty_losses.py").write_text("def loss(x):\n    return x + nothing\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert cli.main(["check", "faulty_losses:loss", "1.0"]) == 2
    said = told_with_paths(capsys.readouterr().err)
    assert re.search(r"raised NameError in line 2 of .*faulty_losses.py: name 'nothing'", said)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("import nothing_there", r"raised ModuleNotFoundError in line 1 of .*faulty_.*.py: No module named"),
        ("def f(:", r"faulty_\d cannot be imported, raised SyntaxError"),
        ("1 / 0", r"raised ZeroDivisionError in line 1 of .*faulty_.*py: division by zero"),
    ],
)
def test_a_module_that_cannot_be_imported(tmp_path, monkeypatch, capsys, text, says):
    name = f"faulty_{len(text)}"[:9]
    (tmp_path / f"{name}.py").write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert cli.main(["check", f"{name}:f", "1.0"]) == 2
    assert re.search(says, told_with_paths(capsys.readouterr().err))


@pytest.mark.parametrize("command", ["gradient", "explain", "check"])
def test_every_command_takes_expressions_and_functions_of_modules(command, capsys):
    for function in ("lambda x: np.sum(x * x)", "numpy:linalg.norm", "np.linalg.norm"):
        assert cli.main([command, function, "[3.0, 4.0]"]) == 0


def test_what_an_extra_brings_is_named(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "drawsvg", None)
    for options in (["--as", "svg"], ["--save", "x.svg"]):
        assert cli.main(["explain", "lambda x: x * x", "3.0", *options]) == 2
        out, err = capsys.readouterr()
        assert "pip install 'fluxbridge[explain]'" in told(err) and not out


@pytest.mark.parametrize("engine", ["jax", "torch", "tensorflow"])
def test_an_engine_that_is_asked_for_and_absent(monkeypatch, capsys, engine):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert cli.main(["check", "np.sin", "1.0", "--engine", engine, "--engine", "finite differences"]) == 2
    out, err = capsys.readouterr()
    assert err == f"fluxbridge: {engine} is not installed\n" and not out


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["check", "f", "1", "--voice", "x"], [], ["gradient", "f"]]
)
def test_what_argparse_says_fits_too(arguments, capsys):
    with pytest.raises(SystemExit, match="2"):
        cli.main(arguments)
    assert "error:" in told(capsys.readouterr().err)


def test_the_tutorial_fits(capsys):
    assert cli.main(["tutorial"]) == 0
    assert "13 of 13 answers" in told(capsys.readouterr().out)


def test_a_label_stands_before_its_first_word():
    path = "/folder" * 20
    assert shell.wrapped(f"{path} and more", "  ", "depot:  ").splitlines() == [
        f"depot:  {path}",
        "  and more",
    ]
    assert shell.wrapped("some words", label="fluxbridge: ") == "fluxbridge: some words"


def test_a_pipe_is_utf8():
    command = [sys.executable, "-m", "fluxbridge", "explain", "lambda x: x * x", "3.0"]
    done = subprocess.run(command, capture_output=True, env={**os.environ, "PYTHONIOENCODING": "cp1252"})
    assert done.returncode == 0 and "v̄1" in done.stdout.decode("utf-8")


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
    assert cli.main(["check", "numpy:floor", "1.0", "--engine", "complex step"]) in (2, 3)
    assert "nothing compared" in capsys.readouterr().out


def test_the_report_fits_a_terminal(capsys):
    cli.main(["check", "numpy:linalg.det", "[[1.0, 2.5], [-3.0, 4.0]]"])
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80, max(lines, key=len)


def test_the_program():
    done = subprocess.run(
        [sys.executable, "-m", "fluxbridge", "gradient", "lambda x: 3*x**2", "5"],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, "(30.0,)\n")
