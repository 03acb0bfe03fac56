# SPDX-License-Identifier: MIT
"""What ensemble.py does: methods, settings, reports, learning, texts, threads, errors."""
import math
import threading
import unittest

import numpy as np
from support import (ECOUNT, EEMPTY, EISA, EMISSING, EMODEL, ENAME, ENEGATIVE, EQUORUM, EROWS, ETEXT, EWEIGHTS, Case,
                     example)

import ensemble
from ensemble import Ensemble, EnsembleError

DIGITS = "docs/examples/digits"
NAMES = ("logistic", "naive_bayes", "forest", "knn", "svm", "tree")


def of(outputs, method="sum", weights=None, space="as_is", **parameters):
    """An ensemble of float64 outputs, and what they are combined to."""
    outputs = [np.array(output, float) for output in outputs]
    e = Ensemble(outputs[0].shape[-1], method, **parameters)
    for output in outputs:
        e.add(output, space=space)
    e.weights = weights
    return e, e.combine(dtype=np.float64)


def digits(part="test"):
    e = Ensemble(10, "mean")
    for name in NAMES:
        e.add(np.load(f"{DIGITS}/{name}.{part}.npy"), name=name, space="probabilities")
    return e, np.load(f"{DIGITS}/labels.{part}.npy")


class Methods(Case):
    def near(self, found, expected, within=1e-9):
        np.testing.assert_allclose(found, expected, rtol=0, atol=within)

    def test_the_example(self):
        self.same(example().combine(), np.array([[4, 5, 6]], np.float32))

    def test_weighted_mean(self):
        """auto-sklearn, testPredict"""
        a, b, c = [[.9, .1], [.4, .6]], [[.8, .2], [.3, .7]], [[1, 0], [.1, .9]]
        self.near(of([a, b, c], "mean", [.7, .2, .1])[1], [[.89, .11], [.35, .65]])
        self.near(of([a, b, c, b], "mean", [.7, .2, .1, 0])[1], [[.89, .11], [.35, .65]])

    def test_300_models_of_float16(self):
        e = Ensemble(1, "mean")
        for _ in range(300):
            e.add(np.full((1, 1), 500, np.float16))
        self.same(e.combine(dtype=np.float16), np.array([[500]], np.float16))

    def test_other_means(self):
        said, weights = [[1.], [.5], [.3]], [.45, .15, .40]
        for method, expected in (("mean", .645), ("geometric", .5567933024), ("harmonic", .48)):
            self.near(of(said, method, weights)[1], [[expected]])

    def test_pools(self):
        said = [[.90, .09, .01]], [[.01, .50, .49]]
        self.near(of(said, "mean", [.5, .5])[1], [[.455, .295, .25]])
        self.near(of(said, "log_pool", [.5, .5])[1], [[.2516398890, .5626838977, .1856762132]])

    def test_logits(self):
        said = [[1, 2, 3]], [[3, 1, 0]]
        e, _ = of(said, "mean", [.5, .5], "logits")
        e.set_result("log")
        self.near(e.combine(dtype=np.float64), [[-.7616130756, -1.7177927108, -1.0395168045]])
        self.near(of(said, "log_pool", [.5, .5], "logits")[1], [[.4518627619, .2740686191, .2740686191]])

    def test_robust(self):
        """Kuncheva's five models (in DESlib)"""
        said = [(.1, .5, .4), (0, 0, 1), (.4, .3, .4), (.2, .7, .1), (.1, .8, .2)]
        for method, expected, parameters in (
                ("mean", (.16, .46, .42), {}), ("product", (0, 0, .0032), {}), ("min", (0, 0, .1), {}),
                ("max", (.4, .8, 1), {}), ("median", (.1, .5, .4), {}),
                ("trimmed", (.1333333333, .5, .3333333333), {"trim": .2})):
            self.near(of(said, method, **parameters)[1], [expected])

    def test_every_method_has_a_name(self):
        for name in ensemble.METHODS:
            self.assertEqual(Ensemble(3, name).method, name)
        with self.assertRaisesRegex(ValueError, "there is no method 'mode'; there are: sum, mean,"):
            Ensemble(3, "mode")

    def test_classes_of_their_own(self):
        e = Ensemble(3, "mean")
        e.add(np.array([[.2, .8]]), classes=[0, 2])
        e.add(np.array([[1.]]), classes=[1])
        self.near(e.combine(dtype=np.float64), [[.1, .5, .4]])
        self.refused(ECOUNT, e.point, 1, np.array([[1., 2.]]))
        self.refused(ECOUNT, e.copy().point, 0, np.array([[1., 2., 3.]]))

    def test_class_weights(self):
        e, _ = of([[.2, .6, .2], [.6, .1, .3]], "mean")
        e.set_class_weights([[6, 3, 0], [0, 1, 3]])
        self.near(e.combine(dtype=np.float64), [[.2, .475, .3]])
        e.set_result("normalised")
        self.near(e.combine(dtype=np.float64), [[.2051282051, .4871794872, .3076923077]])
        e.set_class_weights(None)
        e.set_result("as_is")
        self.near(e.combine(dtype=np.float64), [[.4, .35, .25]])
        self.refused(EWEIGHTS, e.set_class_weights, [[1, 2, 3]])

    def test_row_weights(self):
        e, _ = of([[1.], [2.]], "mean")
        weights = np.array([[1, 3]], np.float32)
        self.near(e.run(row_weights=weights, dtype=np.float64), [[1.75]])
        e.set_row_weights(weights)
        weights[:] = [3, 1]
        self.near(e.combine(dtype=np.float64), [[1.25]])
        e.set_row_weights(None)
        self.near(e.combine(dtype=np.float64), [[1.5]])
        with self.assertRaises(TypeError):
            e.set_row_weights(weights.astype(float))

    def test_missing(self):
        """OpenSearch, neural-search"""
        e = Ensemble(1, "mean")
        for said in (1.0, None, .6):
            e.add(None if said is None else np.array([[said]]))
        self.refused(EMISSING, e.combine)
        e.leave_out(missing=True)
        self.near(e.combine(dtype=np.float64), [[.8]])
        e.weights = [.45, .15, .40]
        self.near(e.combine(dtype=np.float64), [[.8117647059]])
        self.near(e.run(np.array([[1.]]), None, np.array([[.6]]), dtype=np.float64), [[.8117647059]])
        e.leave_out(missing=True, quorum=.9)
        self.refused(EQUORUM, e.combine)

    def test_missing_beside_many_rows(self):
        e = Ensemble(3, "mean")
        for rows in (None, 5, None):
            e.add(None if rows is None else np.ones((rows, 3)))
        e.leave_out(missing=True)
        self.same(e.combine(), np.ones((5, 3), np.float32))
        e.point(1, None)
        self.refused(EQUORUM, e.combine, np.zeros((5, 3)))


class Calls(Case):
    def test_digits_to_the_bit(self):
        """As the header says: w / W in double, rounded to float; products and sums in the models' order."""
        e, truth = digits()
        factor = np.float32(1 / 6)
        expected = None
        for name in NAMES:
            term = factor * np.load(f"{DIGITS}/{name}.test.npy")
            expected = term if expected is None else expected + term
        self.same(e.combine(), expected)
        self.same(e.combine(np.empty_like(expected)), expected)
        self.same(e.run(), expected)
        outputs = [np.load(f"{DIGITS}/{name}.test.npy") for name in NAMES]
        self.same(e.run(*outputs), expected)
        self.same(e.run(rows=slice(100, 200)), expected[100:200])
        self.same(e.run(rows=slice(100, 100)), expected[:0])
        self.same(e.run(rows=slice(-5, None)), expected[-5:])
        with self.assertRaisesRegex(ValueError, "step 1"):
            e.run(rows=slice(None, None, 2))

    def test_report(self):
        e, truth = digits()
        y = e.combine(dtype=np.float64)
        outputs = np.array([np.load(f"{DIGITS}/{name}.test.npy") for name in NAMES], float)
        out, report = e.run(report=tuple(set(ensemble.FIELDS) - {"settled"}), top=3, dtype=np.float64)
        self.same(out, y)
        self.same(report.label, y.argmax(axis=1).astype(np.int32))
        self.same(report.confidence, y.max(axis=1))
        ordered = np.sort(y, axis=1)
        np.testing.assert_allclose(report.margin, ordered[:, -1] - ordered[:, -2], atol=1e-15)
        self.assertEqual((report.top_labels.shape, report.top_values.shape), ((len(y), 3), (len(y), 3)))
        self.same(report.top_values, ordered[:, :-4:-1].copy())
        np.testing.assert_allclose(report.variance, outputs.var(axis=0), atol=1e-12)
        np.testing.assert_allclose(report.contribution.sum(axis=1), report.confidence, atol=1e-12)
        without = (outputs.sum(axis=0) - outputs) / 5
        own = np.take_along_axis(without, report.label[None, :, None], 2)[..., 0]
        np.testing.assert_allclose(report.influence, (report.confidence - own).T, atol=1e-7)
        self.same(report.flips, (without.argmax(axis=2) != report.label).T.astype(np.uint8))
        with np.errstate(divide="ignore", invalid="ignore"):
            entropies = -np.nansum(outputs * np.log(outputs), axis=2).mean(axis=0)
        np.testing.assert_allclose(report.mean_entropy, entropies, atol=1e-6)
        self.assertTrue((report.models_present == 6).all() and (report.row_fault == 0).all())
        alone = e.report("label")
        self.same(alone.label, e.report().label)
        self.assertEqual(vars(alone).keys(), {"label"})
        with self.assertRaisesRegex(ValueError, "there is no field 'colour'"):
            e.report("colour")

    def test_report_of_a_range(self):
        e, _ = digits()
        _, all_rows = e.run(report=("label", "influence"))
        _, some = e.run(rows=slice(7, 19), report=("label", "influence"))
        self.same(some.label, all_rows.label[7:19])
        self.same(some.influence, all_rows.influence[7:19])

    def test_settled(self):
        e, _ = digits()
        e.point(5, None)
        e.leave_out(missing=True)
        settled = e.report("settled").settled
        self.assertTrue(0 < settled.sum() < settled.size)

    def test_similarity(self):
        e, _ = digits()
        matrix = e.similarity()
        outputs = np.array([np.load(f"{DIGITS}/{name}.test.npy") for name in NAMES], float).reshape(6, -1)
        np.testing.assert_allclose(matrix, np.corrcoef(outputs), atol=1e-9)
        self.assertEqual(e.similarity("agreement").diagonal().tolist(), [1] * 6)

    def test_threads_combine_at_once(self):
        e, _ = digits()
        expected, faults = e.combine().tobytes(), []

        def work():
            out = np.empty((len(np.load(f"{DIGITS}/labels.test.npy")), 10), np.float32)
            for _ in range(200):
                if e.combine(out).tobytes() != expected or e.run(report=("label",))[0].tobytes() != expected:
                    faults.append(threading.get_ident())

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(faults, [])

    def test_copies_go_their_own_ways(self):
        e = example()
        copy = e.copy()
        copy.weights = [1, 0, 0]
        copy.point(0, np.full((1, 3), 9, np.float32))
        self.same(copy.combine(), np.full((1, 3), 9, np.float32))
        self.same(e.combine(), np.array([[4, 5, 6]], np.float32))

    def test_instruction_sets(self):
        for isa in ("portable", Ensemble(3).isa):
            self.assertEqual(Ensemble(3, isa=isa).isa, isa)
        with self.assertRaises(EnsembleError):
            Ensemble(3, isa="abacus")


class Learning(Case):
    def test_fit(self):
        e, labels = digits("validation")
        found = e.fit(labels)
        test, truth = digits()
        before = test.score("log_loss", truth)
        test.weights = e.weights
        after = test.score("log_loss", truth)
        self.assertEqual((round(before, 3), round(after, 3)), (.484, .350))
        self.same(found.weights, e.weights)
        self.assertTrue(found.exact == 1 and found.objective <= min(found.uniform, found.single.min()))
        self.assertLess(found.gap, 1e-9)
        y = test.combine(dtype=np.float64)
        self.assertEqual(test.score("accuracy", truth), np.mean(y.argmax(axis=1) == truth))
        self.assertAlmostEqual(after, -np.log(y[np.arange(len(y)), truth]).mean(), 6)

    def test_least_squares_on_the_simplex(self):
        """R, opera"""
        said = [np.vstack([np.tile([pair], (50, 1)), [[1.]]]) for pair in (0., 1.)]
        e, _ = of(said)
        e.fit(np.vstack([np.full((50, 1), .4), [[1.]]]), objective="squared_error")
        np.testing.assert_allclose(e.weights, [.6, .4], atol=1e-9)

    def test_greedy_selection(self):
        """auto-sklearn"""
        said = np.repeat(np.arange(1., 20), 100).reshape(19, 100, 1)
        for i in range(19):
            said[i, 5 * (i + 1):5 * (i + 1) + 5] *= 5.5
        e, _ = of(said)
        found = e.fit(np.full((100, 1), 5.5), "greedy", rounds=10)
        np.testing.assert_allclose(e.weights, [.1, .2, .2, .1, .1, .1, .1, .1] + 11 * [0], atol=1e-12)
        np.testing.assert_allclose(np.sqrt(found.trajectory), [3.462297, 2.679202, 2.274863, 2.065717, 1.787456,
                                                               1.698345, 1.559451, 1.531633, 1.380195, 1.355498],
                                   atol=1e-6)

    def test_budgets_calibration_folds_and_steps(self):
        e, labels = digits("validation")
        found = e.fit(labels, cost=[1, 1, 5, 1, 5, 1], budget=3)
        self.assertEqual(found.models_used, np.count_nonzero(e.weights))
        self.assertLessEqual(np.dot(e.weights > 0, [1, 1, 5, 1, 5, 1]), 3)
        self.assertFalse(math.isnan(e.fit(labels, folds=5, seed=3).held_out))
        e.set_result("tempered")
        self.assertFalse(math.isnan(e.fit(labels, calibrate="result").temperature))
        before = e.score("log_loss", labels)
        e.weights = None
        for _ in range(20):
            e.update(labels, rate=.2)
        self.assertLess(before, e.score("log_loss", labels))
        self.assertAlmostEqual(e.weights.sum(), 1)

    def test_what_is_wrong_with_targets(self):
        e, labels = digits()
        before = e.weights
        self.refused(ECOUNT, e.fit, labels[:-1])
        self.refused(-28, e.fit, labels + 10)
        with self.assertRaisesRegex(ValueError, "beyond 32 bits"):
            e.fit(labels.astype(np.int64) + 2**40)
        self.same(e.weights, before)
        self.same(np.float64(e.score("accuracy", labels.astype(np.int64))), np.float64(e.score("accuracy", labels)))


class Texts(Case):
    def test_saved_and_loaded(self):
        e, _ = digits()
        e.weights = [.1, .2, .3, .1, .2, .1]
        loaded = Ensemble.load(e.save())
        self.assertEqual(loaded.save(), e.save())
        self.assertEqual([loaded.name(i) for i in range(6)], list(NAMES))
        self.assertEqual(loaded.find("svm"), 4)
        for i, name in enumerate(NAMES):
            loaded.point(i, np.load(f"{DIGITS}/{name}.test.npy"))
        self.same(loaded.combine(), e.combine())

    def test_class_maps_are_known_after_loading(self):
        e = Ensemble(3, "mean")
        e.add(np.ones((1, 3)), name="Zürich")
        e.add(np.ones((1, 2)), classes=[2, 0], name="classes 0 1")
        loaded = Ensemble.load(e.save())
        self.assertEqual(loaded.name(0), "Zürich")
        self.refused(ECOUNT, loaded.point, 1, np.ones((1, 3)))
        loaded.point(1, np.ones((1, 2)))
        loaded.point(0, np.ones((1, 3)))
        self.same(loaded.combine(), e.combine())

    def test_no_text(self):
        self.refused(ETEXT, Ensemble.load, "not one")


class Errors(Case):
    def test_words_name_the_model(self):
        e = Ensemble(3)
        e.add(np.ones((2, 3)))
        e.add(np.ones((3, 3)))
        self.assertIn("model 1 has 3 rows, but model 0 has 2", self.refused(EROWS, e.combine))
        self.assertIn("model 1 has 3 rows", e.check())
        self.refused(EROWS, e.combine, np.ones((2, 3)))
        self.assertEqual(example().check(), "")

    def test_codes(self):
        self.refused(-2, Ensemble, 0)
        e = Ensemble(3)
        self.refused(EEMPTY, e.combine)
        self.refused(EMODEL, e.point, 0, np.ones((1, 3)))
        self.refused(EMODEL, e.find, "nobody")
        e = example()
        self.refused(EWEIGHTS, setattr, e, "weights", [1, 2])
        self.refused(-13, setattr, e, "weights", [1, 2, math.nan])
        with self.assertRaises(ValueError):
            e.weights = []
        with self.assertRaises(ValueError):
            e.weights = np.ones((3, 1))
        e.method = "median"
        e.weights = [1, 1, -1]
        self.refused(ENEGATIVE, e.combine)
        self.refused(-21, e.set_parameter, "trim", 2.)
        for call in (lambda: e.set_parameter("colour", 1), lambda: e.set_result("round"), lambda: e.similarity("x"),
                     lambda: e.score("x", [0]), lambda: e.fit([0], "x"), lambda: e.fit([0], calibrate="x"),
                     lambda: e.add(np.ones((1, 3)), space="x"), lambda: e.fit([0], [])):
            with self.assertRaisesRegex(ValueError, "there is no .*; there are: "):
                call()

    def test_names(self):
        e = example()
        e.add(np.ones((1, 3)), name="a")
        self.assertEqual((e.name(3), e.name(0), e.find("a")), ("a", "", 3))
        self.assertEqual(self.refused(EMODEL, e.find, "b"), "no model has the name 'b'")
        self.assertIn("'a\\x00b'", self.refused(EMODEL, e.find, "a\0b"))
        self.assertIn("'b\\x00'", self.refused(ENAME, e.add, None, name="b\0"))
        self.refused(EISA, Ensemble, 3, isa="portable\0x")
        for call in (lambda: e.find(3), lambda: e.find(b"a"), lambda: e.add(None, name=3), lambda: Ensemble(3, isa=3),
                     lambda: Ensemble.load(b"a")):
            with self.assertRaisesRegex(TypeError, " is a str, not (int|bytes)"):
                call()
        self.assertEqual(len(e), 4)

    def test_numbers_that_c_has_no_room_for(self):
        e, row = example(), np.ones((1, 3), np.float32)
        for index in (-1, -1 << 64, 1 << 31, (1 << 32) + 1, 1 << 64):
            self.assertEqual(self.refused(EMODEL, e.point, index, row), f"no model has the index {index}")
            self.refused(EMODEL, e.name, index)
        self.refused(EMODEL, e.point, 3, row)
        e.point(np.int64(0), row)
        for call in (lambda: Ensemble((1 << 64) + 3), lambda: Ensemble(-1), lambda: e.fit([0], folds=1 << 32),
                     lambda: e.fit([0], bags=-1), lambda: e.fit([0], seed=1 << 64), lambda: e.fit([0], max_models=-1),
                     lambda: e.fit([0], rounds=1 << 64)):
            with self.assertRaisesRegex(ValueError, "a number from 0 to 2.*, not "):
                call()
        with self.assertRaisesRegex(ValueError, "one of the classes is beyond 32 bits"):
            e.add(row, classes=np.array([0, 1, (1 << 32) + 2]))
        for call in (lambda: e.point("0", row), lambda: e.point(0., row), lambda: e.name(None), lambda: Ensemble(3.),
                     lambda: e.fit([0], folds=2.), lambda: e.add(row, classes=[0, .5, 1]),
                     lambda: e.add(row, classes=[0, 1, 1 << 64])):
            with self.assertRaisesRegex(TypeError, "integer"):
                call()
        self.assertEqual(len(e), 3)

    def test_arguments_of_run_of_other_types(self):
        e, row = example(), np.ones((1, 3), np.float32)
        for words, call in (("rows are a slice, .*, not int", lambda: e.run(rows=2)),
                            ("rows are a slice, .*, not list", lambda: e.run(rows=[0, 1])),
                            ("slice indices", lambda: e.run(rows=slice("0", "1"))),
                            ("the result is a NumPy array, not list", lambda: e.run(out=[1, 2, 3])),
                            ("an output is a NumPy array, not list", lambda: e.run(row, row, [1, 2, 3])),
                            ("row weights is a NumPy array, not int", lambda: e.run(row_weights=1)),
                            ("data type 'x' not understood", lambda: e.run(dtype="x")),
                            ("report: a name of FIELDS or several, not int", lambda: e.run(report=3)),
                            ("integer", lambda: e.run(top="x"))):
            with self.assertRaisesRegex(TypeError, words):
                call()
        for call in (lambda: e.run(top=-1), lambda: e.run(top=1 << 64)):
            with self.assertRaisesRegex(ValueError, "top: a number from 0"):
                call()

    def test_a_model_that_cannot_be_added_is_not_there(self):
        e = example()
        e.add(np.ones((1, 3)), name="a")
        arrays = dict(e._arrays)
        for named in ({"name": "a"}, {"name": "x" * 300}, {"classes": [0, 0, 1]}, {"temperature": -1.}):
            with self.assertRaises(EnsembleError):
                e.add(np.ones((1, 3)), **named)
            self.assertEqual((len(e), e._arrays.keys()), (4, arrays.keys()))
        self.refused(ENAME, e.add, None, name="a")

    def test_weights_after_a_model_was_added(self):
        e = example()
        e.add(np.ones((1, 3)))
        self.refused(EWEIGHTS, e.combine)
        e.weights = None
        self.same(e.weights, np.full(4, .25))

    def test_version(self):
        self.assertRegex(ensemble.version(), r"^\d+\.\d+\.\d+$")
        self.assertEqual(repr(example()), "<Ensemble of 3 models, width 3, sum>")


if __name__ == "__main__":
    unittest.main()
