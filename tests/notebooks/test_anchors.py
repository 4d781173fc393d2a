"""The notebooks assert the numbers of their tutorials, or those of the real Flux from the same start.

That they hold is found out where the notebooks are run; here, that no notebook has lost one.
"""

from __future__ import annotations

import io
import json
import tokenize
from pathlib import Path

import numpy as np
import pytest

from fluxbridge import flux as Flux
from fluxbridge import gradient, hessian

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"

#: Notebook, then digits of the real Flux (0.16.10) that stand in its asserting cells.
ANCHORS = {
    "autodiff_from_scratch": "1.7724538509055159 1.7724538509055165 1.8690126833827456 9.871657258137894 "
    "9.872623166568108 0.6666666666666666 0.1111111111111111 0.28209479177387814 0.2820947917738781 "
    "1.2599210498948732 0.20998684164914552 1.1760474285795146 -1.067 -2.61 -391.511 -783.473",
    "matrix_calculus": "1.001287888379385 0.12486790174782009 -0.5195084166634044 3.1010046540491953 "
    "-2.961991502064001 -2.9322573933725877 2.290914008018504",
    "gradients_and_layers": "144.55626 74.478004 1.5843347 "
    "3.0240512 -0.9777963 0.043792248 0.9753514 -3.8617709",
    "fitting_a_line": "122.64734 116.38745 0.00339581 7.577788 1.946673 4.0178537 2.0050256 26.1121 42.1836 "
    "151.29167 143.57927 7.9166675 2.15 0.0041924133 4.0198374 2.0055857 26.12461 42.203957",
    "linear_regression": "27.39758 8.477372 3.9917655 1.3477372 0.39917654 "
    "19.540632 4.502422 1.9627807 6.5140305 "
    "134.06784 1.0000962 1.0000843 675.9749 4.8619576 12.835155 48.669 672.97577 22.305227 24.334476 "
    "-1.1437014 -3.5023954 100.63788",
    "logistic_regression_iris": "1.0986124 0.09303719 0.25496295 1.0853741 "
    "856 0.6595901 0.6950174 0.66829896 0.3301953 0.0930372 0.09192596 0.5514",
    "iris_and_housing": "1.0986122 0.15546116 455.899 6.168016177998378 5.497364060992044 5.293542590538757 "
    "5.19167744536635 5.121013723936598 288.67904762457306",
    "fizzbuzz": "1.7585711 0.84275895 0.6697616 0.5438026 0.4242073 0.32904842",
    "quick_start_xor": "510 0.013143575 0.69696844 0.6918777 "
    "0.68035567 0.23383038 0.829 0.5623264 0.12127625",
    "recurrence": "0.11301552 0.66792524 0.09419912 0.12450625 0.9878702 0.04546609 0.03747277 0.050942913 "
    "0.0016468028 0.003933534 0.0017170206 7.744757e-5",
    "custom_layers": "0.13265418 0.24228513 0.26130992 0.11255507 1.2590967",
    "destructure": "12.835632 1.2454957 1.6345707",
    "training": "1875 0.944379 0.920893941 0.7015862716993226 0.6404384156159322 0.9669889940264886",
    "onehot_and_saving": "55 12 67",
    "mlp_digits": "25_450 2.3693979 1.6088363 0.11174304 0.40691784 0.10996683 2.3752503 4.9553714 "
    "0.33638686 0.6605419 0.10854253 2.3230858 2.3181188 2.2623355 2.2299201",
    "lenet_digits": "44_426 2351.08 34.170296 1035.0688 25.023344 1158.4368 30.453583 616.02966 "
    "24.01709 227.21935 16.890057 73.886536 7.615989 2.9453669 2.508795 2.4339545 8.170951 2.1779532 "
    "17.529715 3.4088774 17.438114 1.4106383 7.4047947 0.83445257 1.6789165 0.38382733 2.4730573 "
    "2.2521677 2.1625888 2.0166037",
    "sixty_minute_blitz": "6.0 32.0 86 0.4794255386041834 0.8775825618898637 0.8775825618903728 "
    "1.2053155 0.15385254 4.0030684 0.34448645 2.8114886 0.35260847 2.587517 0.53021544 0.9037964",
    "variational_autoencoder": "100_996 101_520 0.0066417204 569.5314 569.538 75.10273 5.3185015 "
    "4.818912 14.37971 0.7381167 0.8150032 29.06597 162.6766 12.160123 3.9527946",
    "character_lstm": "0.050954893 0.035007603 0.09011093 0.21094786 0.17464086 0.32575667 0.30515695 "
    "0.45143768 2.2443233",
    "small_attention": "0.15671962 0.0749386 0.45647264 0.4183278 0.0044256547 0.42311022 0.4527892 "
    "59.999992 1.1901281 1.2841353 0.21944356 0.04540229 0.15880802 0.841192 1.9545977 0.43204212 "
    "0.8748456 0.4976504 0.33097842 0.24825756 0.19882919 0.50234956 0.33467227 0.2512331 0.20118552 "
    "0.33434927 0.25149506 0.2017833 0.24901427 0.2005594 0.19764256 0.01018266 0.011664469 4.5743103 "
    "2.49142 2.5943594",
    "vanilla_gan": "3.037662 0.073338 2.8164463 0.9130977 1.6981721 0.6943038 0.010287072 0.09454405 "
    "0.19770692 0.20261802",
}


def asserted(source: str) -> set[str]:
    """The numbers in the code of a cell that asserts something: none that stand in comments or texts only."""
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    names = {token.string for token in tokens if token.type == tokenize.NAME}
    if not any(name == "assert" or name.startswith("assert_") for name in names):
        return set()
    return {token.string for token in tokens if token.type == tokenize.NUMBER}


@pytest.mark.parametrize("name", ANCHORS)
def test_the_numbers_are_asserted(name):
    cells = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    found: set[str] = set()
    before = ""
    for cell in cells:
        if cell["cell_type"] == "code":
            source = "".join(cell["source"])
            is_check = "check" in cell["metadata"].get("tags", [])  # of what stands in the cell before
            found |= asserted(f"{before}\n{source}" if is_check else source)
            before = source
    missing = [number for number in ANCHORS[name].split() if number.removeprefix("-") not in found]
    assert not missing


def test_numbers_in_comments_are_not_asserted():
    assert asserted("assert x == 1.5  # 2.5") == {"1.5"}
    assert asserted("y = 1.5\nprint('assert 2.5')") == set()
    assert asserted("np.testing.assert_allclose(x, [1.5, -2.5e-3])") == {"1.5", "2.5e-3"}


def test_the_hessian_of_a_network():
    """reference/destructure: the weights of the page, with an input that is the same for everybody."""
    model = Flux.Chain(
        Flux.Dense(np.array([[0.863101, 1.2454957]], np.float32), True, np.tanh),
        Flux.Dense(np.array([[-1.6345707]], np.float32)),
    )
    x = (0.5 * np.sin(np.arange(1, 33))).astype(np.float32).reshape(2, 16, order="F")
    flat, rebuild = Flux.destructure(model)
    assert len(flat) == 5

    def loss(v):
        return np.sum(np.abs(rebuild(v)(x)) ** 2)

    assert loss(flat) == pytest.approx(12.835632, rel=1e-6)
    nested = gradient(lambda m: np.sum(np.abs(m(x)) ** 2), model)[0]
    np.testing.assert_allclose(Flux.destructure(nested)[0], gradient(loss, flat)[0], rtol=1e-6)
    # Zygote.hessian of the same loss in Flux 0.16.10, to two decimals
    known = [
        [0.42, -2.29, 3.88, -9.12, -1.1], [-2.29, -0.18, -0.43, -10.95, -0.34],
        [3.88, -0.43, 15.3, -2.86, -36.6],
        [-9.12, -10.95, -2.86, 9.61, 0.64], [-1.1, -0.34, -36.6, 0.64, 32.0],
    ]  # fmt: skip
    np.testing.assert_allclose(hessian(loss, flat), known, atol=0.0051)


def formula(*size):
    """The recorded starts: sin(1)/2, sin(2)/2, ... by columns."""
    return (0.5 * np.sin(np.arange(1, np.prod(size) + 1))).astype(np.float32).reshape(size, order="F")


def test_the_gradient_of_an_lstm():
    """guide/models/recurrence, F04.lstm_grad: of the sum of squares, for two sequences of four steps."""
    lstm = Flux.LSTM((2, 3))
    lstm.cell.Wi[:], lstm.cell.Wh[:] = formula(12, 2), formula(12, 3)
    slopes = gradient(lambda m: np.sum(np.abs(m(formula(2, 4, 2))) ** 2), lstm)[0].cell
    known = [0.0016468028, 0.003933534, 0.0017170206, -7.744757e-5]
    np.testing.assert_allclose(slopes.Wi[:4, 0], known, rtol=1e-5)


def test_fizzbuzz():
    """Model zoo, other/fizzbuzz, from the recorded start (M20)."""
    model = Flux.Chain(
        Flux.Dense(formula(20, 3), True, Flux.relu),
        Flux.Dense(formula(4, 20)),
    )
    n = np.arange(1, 101)
    x = np.stack([n % 3, n % 5, n % 15]).astype(np.float32)
    y = Flux.onehotbatch(np.select([n % 15 == 0, n % 3 == 0, n % 5 == 0], [2, 0, 1], 3), range(4))

    def loss(m, x, y):
        return Flux.logitcrossentropy(m(x), y)

    state = Flux.setup(Flux.Adam(0.001), model)
    losses = [Flux.trainstep_(loss, model, (x, y), state) for _ in range(500)]
    losses.append(loss(model, x, y))
    known = [1.7585711, 0.84275895, 0.6697616, 0.5438026, 0.4242073, 0.32904842]
    np.testing.assert_allclose(losses[::100], known, rtol=1e-6)
    assert Flux.onecold(model(x[:, [2, 4, 14, 97]])).tolist() == [0, 3, 1, 3]
