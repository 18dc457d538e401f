"""The product of matrices, with what the machine has for it.

NumPy hands a product to a BLAS, a library that is made for nothing else. In a browser there is none, and a
live page brings a product of its own, since NumPy's loops are slow. It finds the arrays by their addresses,
so that calling it costs little (``extensions/live/runtime/matmul.ts``).
"""

from __future__ import annotations

import numpy as np

try:
    import live_matmul
except ImportError:
    matmul = np.matmul
else:
    MULTIPLY = {
        np.dtype(np.float32): live_matmul.multiply32,
        np.dtype(np.float64): live_matmul.multiply64,
    }

    def matmul(a: np.ndarray, b: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
        """``a @ b`` for matrices or stacks of them; ``out`` shares no memory with ``a`` or ``b``."""
        if a.dtype is b.dtype and a.dtype in MULTIPLY:
            c = np.empty((*a.shape[:-1], b.shape[-1]), a.dtype) if out is None else out
            if c.dtype is a.dtype and MULTIPLY[a.dtype](id(a), id(b), id(c)):
                return c
        return np.matmul(a, b, out=out)
