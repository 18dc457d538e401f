"""The product of matrices, with what the machine has for it.

NumPy hands a product to a BLAS, a library that is made for nothing else. In a browser there is none, and a
live page brings a product of its own, which is eight times as fast as NumPy's loops. It finds the arrays by
their addresses, so that calling it costs little (``extensions/live/runtime/matmul.ts``).
"""

from __future__ import annotations

import numpy as np

try:
    from live_matmul import multiply
except ImportError:
    matmul = np.matmul
else:
    FLOAT32 = np.dtype(np.float32)

    def matmul(a: np.ndarray, b: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
        """Product of two matrices, ``a @ b``, or of each matrix of a stack of them."""
        if a.dtype is b.dtype is FLOAT32 and (out is None or out.dtype is FLOAT32):
            product = np.empty((*a.shape[:-1], b.shape[-1]), FLOAT32) if out is None else out
            if multiply(id(a), id(b), id(product)):
                return product
        return np.matmul(a, b, out=out)
