# SPDX-License-Identifier: MIT
"""What the tests of docs/examples/python share."""
import unittest

import numpy as np

from ensemble import Ensemble, EnsembleError

EDTYPE, EEMPTY, EMISSING, EROWS, ECOUNT, EWEIGHTS, EOVERLAP = -3, -6, -7, -8, -10, -12, -15
EMODEL, EISA, ENEGATIVE, ENAME, ETEXT, EQUORUM = -5, -18, -22, -29, -30, -23


def example():
    """The example of ensemble.h: the answer is 4, 5, 6."""
    e = Ensemble(3)
    for row in np.arange(1, 10, dtype=np.float32).reshape(3, 3):
        e.add(row)
    e.weights = [.3, .4, .3]
    return e


def as_bfloat16(values):
    """The upper halves of float32, rounded to nearest, ties to even."""
    bits = np.ascontiguousarray(values, np.float32).view(np.uint32)
    return ((bits + 0x7FFF + (bits >> 16 & 1)) >> 16).astype(np.uint16)


def from_bfloat16(values):
    return (values.astype(np.uint32) << 16).view(np.float32)


class Case(unittest.TestCase):
    def refused(self, code, call, *arguments, **named):
        """The call is an EnsembleError of this code; returns its words."""
        with self.assertRaises(EnsembleError) as caught:
            call(*arguments, **named)
        self.assertEqual(caught.exception.code, code)
        return str(caught.exception)

    def same(self, found, expected):
        """To the bit, with the same type and shape."""
        expected = np.asarray(expected)
        self.assertEqual((found.dtype, found.shape), (expected.dtype, expected.shape))
        self.assertEqual(found.tobytes(), expected.tobytes(), f"{found} is not {expected}")
