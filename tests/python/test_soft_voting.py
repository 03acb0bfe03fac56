# SPDX-License-Identifier: MIT
"""soft_voting.py beside scikit-learn's own VotingClassifier, on the digits."""
import unittest

import numpy as np
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV, cross_val_score, train_test_split
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from support import Case

from soft_voting import SoftVoting

CLASSIFIERS = [("logistic", LogisticRegression(max_iter=500)), ("bayes", GaussianNB(var_smoothing=1e-3)),
               ("forest", RandomForestClassifier(40, random_state=0))]


class Voting(Case):
    @classmethod
    def setUpClass(cls):
        images, labels = load_digits(return_X_y=True)
        cls.train, cls.test, cls.learn, cls.truth = train_test_split(images / 16, labels, test_size=.4, random_state=0)

    def test_beside_scikit_learn(self):
        for weights in (None, [1, 2, 4], [0, 1, 1]):
            theirs = VotingClassifier(CLASSIFIERS, voting="soft", weights=weights).fit(self.train, self.learn)
            ours = SoftVoting(CLASSIFIERS, weights).fit(self.train, self.learn)
            np.testing.assert_allclose(ours.predict_proba(self.test), theirs.predict_proba(self.test), rtol=0,
                                       atol=1e-6)
            self.assertEqual(ours.predict(self.test).tolist(), theirs.predict(self.test).tolist())
            self.assertEqual(ours.score(self.test, self.truth), theirs.score(self.test, self.truth))

    def test_names_of_classes(self):
        names = np.array(["zero one two three four five six seven eight nine".split()[i] for i in self.learn])
        ours = SoftVoting(CLASSIFIERS[:2]).fit(self.train, names)
        theirs = VotingClassifier(CLASSIFIERS[:2], voting="soft").fit(self.train, names)
        self.assertEqual(ours.classes_.tolist(), theirs.classes_.tolist())
        self.assertEqual(ours.predict(self.test).tolist(), theirs.predict(self.test).tolist())

    def test_learned_weights(self):
        equal = SoftVoting(CLASSIFIERS).fit(self.train, self.learn)
        learned = SoftVoting(CLASSIFIERS, "learned").fit(self.train, self.learn)
        self.assertAlmostEqual(learned.weights_.sum(), 1)
        self.assertTrue((learned.weights_ >= 0).all())
        self.assertLess(log_loss(self.truth, learned.predict_proba(self.test)),
                        log_loss(self.truth, equal.predict_proba(self.test)))

    def test_other_methods(self):
        said = [clone(each).fit(self.train, self.learn).predict_proba(self.test) for _, each in CLASSIFIERS]
        median = SoftVoting(CLASSIFIERS, method="median").fit(self.train, self.learn)
        np.testing.assert_allclose(median.predict_proba(self.test), np.median(said, axis=0), atol=1e-12)

    def test_what_scikit_learn_does_with_classifiers(self):
        few = SoftVoting(CLASSIFIERS[:2])
        self.assertEqual(clone(few).get_params()["method"], "mean")
        self.assertEqual(len(cross_val_score(few, self.train, self.learn, cv=3)), 3)
        grid = GridSearchCV(make_pipeline(MinMaxScaler(), few), {"softvoting__weights": [None, [1, 0]]}, cv=2)
        self.assertEqual(grid.fit(self.train, self.learn).predict(self.test).shape, self.truth.shape)

    def test_a_classifier_that_has_not_seen_every_class(self):
        class Blind(GaussianNB):
            """Is taught the first five digits only."""

            def fit(self, images, labels):
                return super().fit(images[labels < 5], labels[labels < 5])

        voting = SoftVoting([CLASSIFIERS[0], ("blind", Blind(var_smoothing=1e-3))]).fit(self.train, self.learn)
        blind = np.zeros((len(self.test), 10))
        blind[:, :5] = voting.estimators_["blind"].predict_proba(self.test)
        expected = (voting.estimators_["logistic"].predict_proba(self.test) + blind) / 2
        np.testing.assert_allclose(voting.predict_proba(self.test), expected, atol=1e-12)

    def test_what_is_wrong(self):
        for wrong in (SoftVoting(CLASSIFIERS, "best"), SoftVoting([CLASSIFIERS[0], CLASSIFIERS[0]])):
            with self.assertRaises(ValueError):
                wrong.fit(self.train, self.learn)
        for weights in ([1, 2, 3], [1], [[1, 2]], 1.):
            with self.assertRaisesRegex(ValueError, "there are 2 classifiers, but weights of the shape"):
                SoftVoting(CLASSIFIERS[:2], weights).fit(self.train, self.learn)


if __name__ == "__main__":
    unittest.main()
