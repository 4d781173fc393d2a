"""The real Julia in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fluxbridge import AutoZygote, gradient, julia, pullback
from fluxbridge.errors import JuliaCrashed, JuliaError, JuliaNotAvailable, JuliaTimeout, MutationError
from fluxbridge.julia import session
from fluxbridge.julia.isolated import client
from fluxbridge.julia.isolated.remote import RemoteBridge

pytestmark = pytest.mark.julia

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module", autouse=True)
def isolated() -> Iterator[RemoteBridge]:
    """The session of this module, beside a Julia that other tests may have started here."""
    before, session._bridge = session._bridge, None
    julia.start(isolated=True)
    bridge = session.bridge()
    assert isinstance(bridge, RemoteBridge)
    yield bridge
    julia.stop()
    session._bridge = before


@pytest.fixture(autouse=True)
def limit(isolated: RemoteBridge) -> Iterator[None]:
    with isolated.time_limit(180):
        yield


def _later(seconds: float, action: Callable[[], Any]) -> None:
    threading.Timer(seconds, action).start()


def test_derivatives_cross_the_border() -> None:
    h = julia.function("x -> sum(abs2, x)")
    x = np.arange(3.0)
    np.testing.assert_allclose(gradient(lambda x: np.sin(h(x)), x)[0], 2 * x * np.cos(5))
    g = julia.differentiable(lambda x: h(x) * np.sum(x))  # Julia calls Python calls Julia
    outer = julia.function("(g, x) -> g(x)^2")
    np.testing.assert_allclose(
        gradient(lambda x: outer(g, x), x)[0], gradient(lambda x: (np.sum(x**2) * np.sum(x)) ** 2, x)[0]
    )
    cube = julia.function("x -> x < 3 ? x^3 + sin(x) : x", trace=True)
    assert gradient(cube, 2.0)[0] == pytest.approx(12 + np.cos(2))


def test_pullback_outlives_collections() -> None:
    x = np.ones(100_000)
    y, back = pullback(julia.function("x -> 3 .* x"), AutoZygote(), x)
    session.bridge().collect()
    np.testing.assert_array_equal(back(y)[0], 9 * x)


def test_model() -> None:
    m = julia.function("Chain(Dense(2 => 3, tanh), Dense(3 => 1))")
    g, gx = gradient(lambda m, x: m(x)[0], m, np.ones(2, "f4"))
    assert g.layers[0].weight.shape == m.layers[0].weight.shape == (3, 2)
    assert gx.dtype == np.float32


def test_errors() -> None:
    with pytest.raises(MutationError) as info:
        gradient("x -> (x[1] = 2; sum(x))", AutoZygote(), np.ones(3))
    assert "Stacktrace" in info.value.full
    mine = KeyError("mine")

    def f(x: float) -> float:
        raise mine

    with pytest.raises(KeyError) as raised:
        gradient("(f, x) -> f(x)", AutoZygote(), julia.differentiable(f), 1.0)
    assert raised.value is mine


def test_output(capsys: pytest.CaptureFixture[str]) -> None:
    julia.function('() -> println("hello from Julia")')()
    assert capsys.readouterr().out == "hello from Julia\n"


WORK = "n -> (s = 0.0; for i in 1:n; s += sin(i); i % 1000 == 0 && (s += length(string(i))); end; s)"


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_ctrl_c_interrupts(isolated: RemoteBridge) -> None:
    work = julia.function(WORK)
    work(10)
    pid = isolated.start().pid
    for _ in range(3):
        before = time.monotonic()
        _later(0.5, lambda: os.kill(os.getpid(), signal.SIGINT))
        with pytest.raises(KeyboardInterrupt):
            work(10**11)
        assert time.monotonic() - before < client.PATIENCE
        assert work(0) == 0.0
    assert isolated.start().pid == pid


WAITS = {
    "sleep": "sleep(60)",
    "condition": "wait(Condition())",
    "channel": "take!(Channel(0))",
    "event": "wait(Base.Event())",
    "lock": "(l = ReentrantLock(); @async (lock(l); sleep(60)); yield(); lock(l))",
    "read": "(p = Pipe(); Base.link_pipe!(p); read(p, UInt8))",
    "process": "run(`sleep 60`)",
    "task": "fetch(@async sleep(60))",
    "beside others": "(@async while true; sleep(0.02); end; sleep(60))",
    "polling": "timedwait(() -> false, 60.0)",
    "yielding": "while true; yield(); end",
    "working task": "fetch(@async (s = 0; while true; s += length(string(s)); end))",
}


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
@pytest.mark.parametrize("name", WAITS)
def test_ctrl_c_interrupts_what_waits(isolated: RemoteBridge, name: str) -> None:
    """At once, and neither the process nor its objects are lost."""
    kept, read = julia.function("Ref(5)"), julia.function("r -> r[]")
    work = julia.function(f"() -> {WAITS[name]}")
    pid = isolated.start().pid
    struck: list[float] = []

    def strike() -> None:
        struck.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    _later(1.0, strike)
    with pytest.raises(KeyboardInterrupt):
        work()
    assert time.monotonic() - struck[0] < 2.0
    assert read(kept) == 5
    assert julia.function("() -> (sleep(0.01); 1)")() == 1  # nothing of it is left to strike later
    assert isolated.start().pid == pid


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_ctrl_c_in_a_python_function_that_julia_waits_for(isolated: RemoteBridge) -> None:
    pid, call = isolated.start().pid, julia.function("f -> fetch(@async f())")
    wait = julia.function("() -> sleep(60)")
    for inner in (lambda: time.sleep(60), wait):
        _later(1.0, lambda: os.kill(os.getpid(), signal.SIGINT))
        with pytest.raises(KeyboardInterrupt):
            call(inner)
        assert call(lambda: 3) == 3
    assert isolated.start().pid == pid


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_ctrl_c_in_many_small_calls(isolated: RemoteBridge) -> None:
    """Wherever it strikes, it arrives, and the bridge goes on."""
    f, g = julia.function("(g, x) -> g(x) + sum(x)"), julia.differentiable(np.sum)
    x = np.ones(3)
    gradient(f, AutoZygote(), g, x)
    pid = isolated.start().pid
    for k in range(20):
        _later(0.02 + 0.003 * k, lambda: os.kill(os.getpid(), signal.SIGINT))
        with pytest.raises(KeyboardInterrupt):
            for _ in range(100_000):
                gradient(f, AutoZygote(), g, x)
        np.testing.assert_array_equal(gradient(f, AutoZygote(), g, x)[1], 2 * x)
    assert isolated.start().pid == pid  # nothing was lost


def test_time_limit_crash_and_fresh_start(isolated: RemoteBridge) -> None:
    f, model = julia.function("x -> 2x"), julia.function("Dense(1 => 1)")
    with julia.time_limit(1), pytest.raises(JuliaTimeout):
        julia.function("() -> while true end")()
    assert f(2) == 4
    with pytest.raises(JuliaError, match="Make the object again"):
        model(np.ones(1))
    with pytest.raises(JuliaCrashed, match="SIGSEGV"):
        julia.function("() -> unsafe_load(Ptr{Int}(8))")()
    assert gradient(f, AutoZygote(), 3.0) == (2.0,)


def test_one_of_both() -> None:
    with pytest.raises(JuliaNotAvailable, match="isolated"):
        julia.start(isolated=False)


SCRIPT = """
import sys, types
sys.modules["torch"] = types.ModuleType("torch")  # as if PyTorch had been imported first
import numpy as np, fluxbridge as fb
from fluxbridge import julia
print("main")
assert julia.available(), julia.available().reason
print(fb.gradient("x -> sum(abs2, x)", fb.AutoZygote(), np.ones(2))[0])
"""


@pytest.mark.parametrize("way", ["-c", "script"])
def test_programs_without_a_main_guard(tmp_path: Path, way: str) -> None:
    (tmp_path / "program.py").write_text(SCRIPT)
    what = ["-c", SCRIPT] if way == "-c" else [str(tmp_path / "program.py")]
    done = _run([sys.executable, *what], 120)
    assert done.stdout == "main\n[2. 2.]\n", done.stderr


#: What is different on purpose: no shared address, juliacall's own objects, forked children.
DIFFERENT = "not without_copy and not forked_child and not forms_of_f"
#: Of the recorded models, some of several kinds.
MODELS = "not outputs_gradients or Float32 and (BatchNorm or LSTM or Conv or Chain)"


@pytest.mark.parametrize(
    "file",
    ["bridge/test_gradients.py", "bridge/test_convert.py", "bridge/test_crossing.py", "test_exchange.py"],
)
def test_all_of_the_bridge(file: str) -> None:
    """The tests of the bridge in one process hold for the isolated one."""
    tests = str(Path(__file__).parents[1] / file)
    choice = ["-k", f"{DIFFERENT} and ({MODELS})", "-p", "no:cacheprovider"]
    done = _run([sys.executable, "-m", "pytest", "-q", *choice, tests], 1800)
    assert done.returncode == 0, done.stdout[-4000:]


def _run(command: list[str], limit: float) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests"), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": path, "FLUXBRIDGE_ISOLATED": "1"}
    return subprocess.run(
        command, capture_output=True, text=True, timeout=limit, env=environment, cwd=ROOT, check=False
    )
