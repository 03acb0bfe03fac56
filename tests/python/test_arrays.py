# SPDX-License-Identifier: MIT
"""Arrays of every type and stride are read and written where they are, or refused, and live as long as that."""
import gc
import sys
import unittest
import weakref

import numpy as np
from support import ECOUNT, EDTYPE, EOVERLAP, Case, as_bfloat16, example, from_bfloat16

from ensemble import Ensemble


def pair(a, b, **named):
    e = Ensemble(a.shape[-1])
    e.add(a, **named)
    e.add(b, **named)
    return e


class Arrays(Case):
    def setUp(self):
        self.a = np.arange(24, dtype=np.float32).reshape(4, 6) / 8
        self.b = self.a[::-1] * 3 + 1
        self.expected = .5 * self.a + .5 * self.b

    def test_no_copy_is_made(self):
        e = pair(self.a, self.b)
        self.same(e.combine(), self.expected)
        self.a[:] = 7
        self.same(e.combine(), np.float32(.5) * self.a + np.float32(.5) * self.b)

    def test_rows_apart(self):
        wide = np.full((8, 11), np.nan, np.float32)
        view = wide[::2, 2:8]
        view[:] = self.a
        self.same(pair(view, self.b).combine(), self.expected)
        part = self.a[:, 1:4]
        self.same(pair(part, self.b[:, 1:4]).combine(), self.expected[:, 1:4])

    def test_types(self):
        for dtype in (np.float64, np.float16):
            self.same(pair(self.a.astype(dtype), self.b.astype(dtype)).combine(dtype=dtype),
                      self.expected.astype(dtype))
        self.same(pair(self.a.astype(np.float16), self.b).combine(), self.expected)

    def test_bfloat16_in_uint16(self):
        a, b = as_bfloat16(self.a), as_bfloat16(self.b)
        e = pair(a, b, bfloat16=True)
        self.same(e.combine(), .5 * from_bfloat16(a) + .5 * from_bfloat16(b))
        out = np.zeros((4, 6), np.uint16)
        e.combine(out)
        self.same(out, as_bfloat16(.5 * from_bfloat16(a) + .5 * from_bfloat16(b)))
        with self.assertRaisesRegex(TypeError, "bfloat16=True"):
            pair(a, b)

    def test_labels(self):
        e = Ensemble(3, "vote")
        for labels in ([0, 2, 1], [0, 2, 2], [1, 2, 2]):
            e.add(np.array(labels, np.int32), space="labels")
        self.assertEqual(e.combine().argmax(axis=1).tolist(), [0, 2, 2])
        strided = np.zeros((3, 5), np.int32)
        strided[:, 1] = [1, 1, 1]
        e.point(1, strided[:, 1])
        e.point(0, strided[:, 1:2])
        self.assertEqual(e.combine().argmax(axis=1).tolist(), [1, 1, 1])

    def test_one_row_and_one_column(self):
        self.same(example().combine(), np.array([[4, 5, 6]], np.float32))
        column = np.arange(5, dtype=np.float32)[:, None]
        self.same(pair(column, column[::1]).combine(), column)
        wide = np.arange(10, dtype=np.float32).reshape(5, 2)
        self.same(pair(wide[:, :1], wide[:, :1]).combine(), np.ascontiguousarray(wide[:, :1]))

    def test_no_rows(self):
        e = Ensemble(6)
        e.add(self.a[:0])
        self.same(e.combine(), np.empty((0, 6), np.float32))
        self.same(e.run(), np.empty((0, 6), np.float32))

    def test_what_cannot_be_read_in_place_is_refused(self):
        for array, error in ((self.a.T, ValueError), (self.a[:, ::2], ValueError), (self.a[::-1], ValueError),
                             (self.a[:, ::-1], ValueError), (self.a.astype(">f4"), TypeError),
                             (self.a.astype(np.int64), TypeError), (self.a.astype(np.complex64), TypeError),
                             (self.a.tolist(), TypeError), (self.a[None], ValueError), (np.float32(1), ValueError),
                             (np.broadcast_to(self.a[0], (4, 6)), ValueError), (self.a.astype(bool), TypeError),
                             (self.a.astype("f4,f4"), TypeError)):
            e = Ensemble(6)
            with self.assertRaises(error):
                e.add(array)
            self.assertEqual(len(e), 0)

    def test_masks_are_not_ignored(self):
        e, masked = pair(self.a, self.b), np.ma.masked_greater(self.a, 1)
        out, weights = np.ma.zeros((4, 6), np.float32), np.ma.array([.5, .5], mask=[False, True])
        for call in (lambda: e.add(masked), lambda: e.point(0, masked), lambda: e.run(masked, self.b),
                     lambda: e.combine(out), lambda: setattr(e, "weights", weights),
                     lambda: e.fit(np.ma.array([0, 1, 2, 3], mask=[0, 1, 0, 0]))):
            with self.assertRaisesRegex(TypeError, "masked"):
                call()
        self.same(e.combine(), self.expected)

    def test_rows_that_do_not_lie_at_multiples_of_an_element(self):
        raw = np.zeros(4 * 26, np.uint8)
        odd = np.ndarray((4, 6), np.float32, raw, 0, (26, 4))
        with self.assertRaisesRegex(ValueError, "26 bytes"):
            Ensemble(6).add(odd)

    def test_other_widths_are_refused_before_anything_is_read(self):
        e = Ensemble(6)
        self.refused(ECOUNT, e.add, self.a[:, :5])
        e.add(self.a)
        self.refused(ECOUNT, e.point, 0, self.a[:, :5])
        self.same(e.combine(), self.a)

    def test_results_are_checked(self):
        e = pair(self.a, self.b)
        self.refused(ECOUNT, e.combine, np.zeros((4, 5), np.float32))
        self.refused(ECOUNT, e.run, out=np.zeros((3, 6), np.float32))
        self.refused(EDTYPE, e.combine, np.zeros((4, 6), np.int32))
        self.refused(EOVERLAP, e.combine, np.ndarray((4, 6), np.float16, self.a.data))
        frozen = np.zeros((4, 6), np.float32)
        frozen.flags.writeable = False
        for call in (e.combine, lambda out: e.run(out=out)):
            with self.assertRaisesRegex(ValueError, "not to be written"):
                call(frozen)
        with self.assertRaisesRegex(ValueError, "gaps"):
            e.combine(np.zeros((4, 9), np.float32)[:, :6])

    def test_result_in_place_of_an_output_and_with_gaps(self):
        e = pair(self.a, self.b)
        self.assertIs(e.combine(self.a), self.a)
        self.same(self.a, self.expected)
        e = pair(self.expected, self.expected)
        wide = np.full((4, 9), 7, np.float32)
        e.run(out=wide[:, 1:7])
        self.same(wide[:, 1:7].copy(), self.expected)
        self.assertTrue((wide[:, 7:] == 7).all() and (wide[:, 0] == 7).all())

    def test_the_same_result_again_takes_the_short_way_and_is_the_same(self):
        e = pair(self.a, self.b)
        out = np.empty((4, 6), np.float32)
        for _ in range(3):
            self.assertIs(e.combine(out), out)
            self.same(out, self.expected)
            self.a += 1
            self.expected = np.float32(.5) * self.a + np.float32(.5) * self.b
        e.point(0, self.a[:3])
        self.refused(-8, e.combine, out)
        e.point(1, self.b[:3])
        self.refused(ECOUNT, e.combine, out)
        self.same(e.combine(), np.float32(.5) * self.a[:3] + np.float32(.5) * self.b[:3])


class Lifetimes(Case):
    def test_arrays_live_as_long_as_they_are_read(self):
        a = np.ones((2, 3), np.float32)
        gone, e = weakref.ref(a), Ensemble(3)
        e.add(a)
        del a
        gc.collect()
        self.assertIsNotNone(gone())
        self.same(e.combine(), np.ones((2, 3), np.float32))
        e.point(0, np.zeros((2, 3), np.float32))
        gc.collect()
        self.assertIsNone(gone())

    def test_arrays_do_not_move_while_they_are_held(self):
        """NumPy does not look for references with refcheck=False, but for weak ones it does."""
        a, out, weights = np.ones((2, 3), np.float32), np.empty((2, 3), np.float32), np.ones((2, 1), np.float32)
        e = Ensemble(3)
        e.add(a)
        e.set_row_weights(weights)
        e.combine(out)
        for copy in (e, e.copy()):
            for array in (a, weights) if copy is not e else (a, weights, out):
                for check in (True, False):
                    with self.assertRaisesRegex(ValueError, "cannot resize"):
                        array.resize((4000, 3), refcheck=check)
            copy.close()
        for array in (a, weights, out):
            array.resize((4000, 3), refcheck=False)

    def test_closing_lets_arrays_go(self):
        a, out = np.ones((2, 3), np.float32), np.empty((2, 3), np.float32)
        references = sys.getrefcount(a), sys.getrefcount(out)
        with Ensemble(3) as e:
            e.add(a)
            e.set_row_weights(np.ones((2, 1), np.float32))
            e.combine(out)
            self.assertGreater(sys.getrefcount(a), references[0])
        self.assertEqual((sys.getrefcount(a), sys.getrefcount(out)), references)

    def test_after_close(self):
        e = example()
        e.combine()
        e.close()
        e.close()
        for call in (e.combine, e.run, e.save, e.copy, lambda: e.weights, lambda: len(e), lambda: e.add(None),
                     lambda: e.point(0, None), lambda: e.combine(np.empty((1, 3), np.float32)), e.check):
            with self.assertRaisesRegex(ValueError, "closed"):
                call()
        self.assertIn("closed", repr(e))

    def test_an_ensemble_that_is_forgotten_is_destroyed_once(self):
        e = example()
        copy = e.copy()
        gone = weakref.ref(e)
        del e
        gc.collect()
        self.assertIsNone(gone())
        self.same(copy.combine(), np.array([[4, 5, 6]], np.float32))

    def test_many_ensembles(self):
        for _ in range(2000):
            e = example()
            e.combine()
        del e


if __name__ == "__main__":
    unittest.main()
