"""Without SciPy: fluxbridge works, and fluxbridge.scipy says what to install."""

from __future__ import annotations

import subprocess
import sys


def run(program: str) -> None:
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True)


def test_the_error_names_the_extra():
    run("""
import sys
sys.modules["scipy"] = None  # what Python itself puts there for "cannot be imported"
import numpy as np
import fluxbridge
assert fluxbridge.gradient(lambda x: np.sum(np.sin(x) * x), 0.0) == (0.0,)
try:
    fluxbridge.scipy
except ImportError as error:
    assert "pip install 'fluxbridge[scipy]'" in str(error)
else:
    raise AssertionError("no error")
""")


def test_fluxbridge_does_not_import_scipy():
    run("""
import sys
import numpy as np
import fluxbridge
fluxbridge.gradient(lambda x: np.sum(np.linalg.inv(x)), np.eye(2))
assert not [name for name in sys.modules if name.partition(".")[0] == "scipy"]
""")
