"""The product of matrices that a live page brings, in the browser, against a sum of more digits."""

import pytest

PRELUDE = """
import numpy as np
from dlcore.products import matmul
import live_matmul

multiply = {'float32': live_matmul.multiply32, 'float64': live_matmul.multiply64}[DTYPE]

rng = np.random.default_rng(0)

def random(*shape):
    return rng.normal(size=shape).astype(DTYPE)

def check(a, b, out=None):
    before = a.copy(), b.copy()
    product = matmul(a, b, out=out)
    assert product.dtype == DTYPE and (out is None or product is out)
    exact = a.astype(np.longdouble) @ b.astype(np.longdouble)
    np.testing.assert_allclose(product.astype(float), exact.astype(float), atol=TOLERANCE)
    np.testing.assert_array_equal(before[0], a)
    np.testing.assert_array_equal(before[1], b)
"""


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(
            """
            for m, k, n in [(1, 1, 1), (3, 2, 9), (4, 5, 8), (7, 256, 16), (13, 257, 17), (5, 700, 3)]:
                check(random(m, k), random(k, n))
                check(random(m, k), random(k, n), out=np.full((m, n), np.nan, DTYPE))
            """,
            id="sizes around its blocks",
        ),
        pytest.param(
            """
            a, b = random(9, 70), random(70, 11)
            check(a.T.copy().T, b.T.copy().T)
            check(a[::-1, ::2], b[::2, ::-1])
            check(np.broadcast_to(a[:1], (9, 70)), b)
            wide = np.zeros((9, 30), DTYPE)
            check(a, b, out=wide[:, 7:18])
            assert wide[:, :7].any() == wide[:, 18:].any() == False
            """,
            id="views",
        ),
        pytest.param(
            """
            check(random(3, 5, 6), random(3, 6, 7))
            check(random(3, 5, 6), random(6, 7))
            check(random(5, 6), random(3, 6, 7), out=np.empty((3, 5, 7), DTYPE))
            """,
            id="stacks",
        ),
        pytest.param(
            """
            check(random(5, 6), random(3, 6, 7))           # a stack only on the right, without out
            check(random(6), random(6, 7))                 # a vector
            check(random(2, 0), random(0, 3))              # an empty sum
            check(random(4, 3), random(3, 5), out=np.empty((5, 4), DTYPE).T)
            other = np.eye(2, dtype={"f": "d", "d": "f"}[np.dtype(DTYPE).char])
            assert matmul(other, random(2, 2)).dtype == np.float64
            a, b, c = random(2, 3), random(4, 5), random(2, 5)
            assert not multiply(id(a), id(b), id(c))
            try:
                matmul(a, b, out=c)
            except ValueError as error:
                assert "mismatch" in str(error)
            else:
                raise AssertionError("shapes that do not fit were multiplied")
            """,
            id="what NumPy does instead",
        ),
        pytest.param(
            """
            a, b, c = random(5, 6), random(6, 7), np.empty((5, 7), DTYPE)
            assert multiply(id(a), id(b), id(c))
            np.testing.assert_array_equal(matmul(a, b), c)
            """,
            id="it is used",
        ),
    ],
)
@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 1e-4), ("float64", 1e-12)])
def test_the_product_is_right(code_page, code, dtype, tolerance):
    settings = f"DTYPE, TOLERANCE = '{dtype}', {tolerance}\n"
    lines = [line.removeprefix(12 * " ") for line in code.splitlines()]
    assert code_page.run(0, settings + PRELUDE + "\n".join(lines) + "\nprint('right')") == "right"
