"""Two ranks with half a batch each train as one with the whole batch."""

from __future__ import annotations

import importlib.util
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from fluxbridge import flux as Flux

HERE = Path(__file__).parent


def module(name):
    spec = importlib.util.spec_from_file_location(f"distributed_{name}", HERE / f"{name}.py")
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


programs, launching = module("programs"), module("launching")


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What each of two ranks found."""
    folder = tmp_path_factory.mktemp("ranks")
    run = launching.run(2, HERE / "programs.py", folder)
    assert run.returncode == 0, run.stderr
    return [json.loads((folder / f"{rank}.json").read_text()) for rank in (0, 1)]


def curve(name, parts):
    """Losses and parameters of one process; with two parts the mean of the gradients of both halves."""
    model, data, loss = programs.MODELS[name](np.random.default_rng(7))
    state = Flux.setup(programs.RULES[name], model)
    losses = []
    for batch in programs.batches(data, parts):
        both = [Flux.withgradient(lambda m, x, y: loss(m(x), y), model, *part) for part in batch]
        losses.append(np.mean([value for value, _ in both]))
        gradients = [Flux.trainables(grad[0]) for _, grad in both]
        mean = iter([sum(parts) / len(parts) for parts in zip(*gradients, strict=True)])
        whole = Flux.fmap(lambda x: next(mean) if isinstance(x, np.ndarray) else x, both[0][1][0])  # noqa: B023
        Flux.update_(state, model, whole)
    return losses, programs.arrays(model)


def agrees(ours, losses, parameters, tolerance):
    np.testing.assert_allclose(ours["losses"], losses, rtol=tolerance)
    for a, b in zip(ours["parameters"], parameters, strict=True):
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(("name", "tolerance"), [("mlp", 2e-5), ("mlp64", 1e-12), ("lstm", 1e-4)])
def test_two_ranks_train_as_one_with_the_whole_batch(found, name, tolerance):
    agrees(found[0][name], *curve(name, 1), tolerance)


def test_batchnorm_takes_the_statistics_of_the_batch_of_its_rank(found):
    """So the curve is not that of the whole batch, but exactly that of both halves, one after another."""
    agrees(found[0]["lenet"], *curve("lenet", 2), 1e-4)
    whole, _ = curve("lenet", 1)
    assert np.max(np.abs(np.array(found[0]["lenet"]["losses"]) / whole - 1)) > 1e-4


def test_ranks_stay_equal_to_the_last_bit(found):
    assert found[0]["workers"] == found[1]["workers"] == 2
    for name in (*programs.MODELS, "compiled", "resumed"):
        assert found[0][name] == found[1][name]


def test_compiled_steps_exchange_gradients_too(found):
    agrees(found[0]["compiled"], found[0]["mlp"]["losses"], found[0]["mlp"]["parameters"], 1e-6)


def test_a_run_goes_on_from_its_checkpoint_to_the_same_numbers(found):
    assert found[0]["resumed"] == found[0]["mlp64"]


def test_missing_gradients_and_frozen_parameters(found):
    """Momentum(1.0) from ones: x = 1 - the mean of the gradients of both ranks."""
    assert found[0]["partial"]["model"] == {
        "both": [-0.5, -0.5], "one": [0.5, 0.5], "none": [1.0, 1.0], "frozen": [1.0, 1.0],
        "half": [0.75, 0.75],
    }  # fmt: skip
    assert found[0]["partial"]["untouched"], "no rank had a gradient, so the state has not moved"


def test_a_loss_that_is_not_finite_on_one_rank_updates_nothing_anywhere(found):
    assert [rank["partial"]["unmoved"] for rank in found] == [True, True]
    assert [rank["partial"]["value"] for rank in found] == [-1.0, -np.inf]


def test_collectives(found):
    assert found[0]["collectives"] == {
        "avg": [[0.5, 1.5, 2.5], [3.5, 4.5, 5.5]], "strided": [0.0, 6.0, 12.0], "half": [0.5, 0.5],
        "max": [2, 2, 2], "sent": [1, 1, 1], "reduce": [1.0, 1.0], "bcast": [1, 1], "number": 5,
        "part": [0, 1, 2],
    }  # fmt: skip
    assert found[1]["collectives"] == found[0]["collectives"] | {
        "sent": [2, 2, 2], "reduce": [2.0, 2.0], "part": [3, 4],
    }  # fmt: skip


def test_ranks_that_differ_are_told_where(found):
    assert found[0]["apart"] == found[1]["apart"]
    starts = [
        "the ranks differ at .layers[0].weight: rank 0 has an array of shape (3, 2) and float32, rank 1 an "
        "array of shape (4, 2) and float32. Every rank must build the same model",
        "the ranks differ at .layers[1]: rank 0 has cos, rank 1 sin.",
        "the ranks differ at the values of .b: rank 0 has numbers with the checksum ",
        "the ranks differ at the rule of .a: rank 0 has Descent(0.1), rank 1 Descent(0.2).",
        "the ranks differ at the parameter .a: rank 0 has an array of shape (2,) and float64, rank 1 an "
        "array of shape (3,)",
        "the ranks differ at the parameter .b: rank 0 has an array of shape (2,) and float64, rank 1 not",
    ]
    for text, start in zip(found[0]["apart"], starts, strict=True):
        assert text.startswith(start), text
    assert "Call model = synchronize_(backend, model)" in found[0]["apart"][2]


FAILURES = {
    "error": "fluxbridge: rank 1 of 2 ended with the KeyError above. All ranks are stopped.",
    "killed": "",  # mpiexec says so, each in its own words
    "early": "fluxbridge: rank 1 has ended, and rank 0 waits for it in allreduce_ of an array of shape (4,)",
    "late": "fluxbridge: rank 0 of 2 waits since 1 s in allreduce_ of an array of shape (4,) for a rank",
}


@pytest.fixture(scope="module")
def failures():
    """Runs in which rank 1 fails; all at once, as they mostly wait."""
    launching.launcher()
    with ThreadPoolExecutor() as pool:
        runs = pool.map(lambda how: launching.run(2, HERE / "failing.py", how, timeout=120), FAILURES)
        return dict(zip(FAILURES, runs, strict=True))


@pytest.mark.parametrize("how", FAILURES)
def test_a_rank_that_fails_ends_the_others_within_seconds(failures, how):
    run = failures[how]
    assert run.returncode != 0
    assert "reached the end" not in run.stdout
    assert FAILURES[how] in run.stderr
    if how == "error":
        assert "KeyError: 'no such batch'" in run.stderr


def test_the_script_runs_alone(tmp_path):
    launching.launcher()
    run = launching.run(1, HERE / "programs.py", tmp_path, launched=False)
    assert run.returncode == 0, run.stderr
    alone = json.loads((tmp_path / "0.json").read_text())
    agrees(alone["mlp"], *curve("mlp", 1), 1e-6)
    assert (alone["workers"], alone["apart"]) == (1, ["nothing"] * 6)
