# SPDX-License-Identifier: MIT
"""Soft voting of scikit-learn's classifiers by libensemble, with weights that can be learned.

    voting = SoftVoting([("forest", RandomForestClassifier()), ("svm", SVC(probability=True))], weights="learned")
    voting.fit(X, y).predict_proba(X_new)

A classifier like any other: clone(), get_params(), cross_val_score(), GridSearchCV and pipelines take it.
"""
import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.model_selection import cross_val_predict
from sklearn.utils.validation import check_is_fitted

from ensemble import Ensemble


class SoftVoting(ClassifierMixin, BaseEstimator):
    """The weighted mean of what classifiers say, or another way to combine it.

    estimators: pairs (name, classifier), each with predict_proba(). weights: None, equal ones; one for each classifier;
    or "learned": those with the least log loss on rows that the classifiers were not trained on (by `cv` folds, after
    which they are trained on all rows). method: a name of ensemble.METHODS, such as "log_pool" or "median".

    After fit(): classes_, estimators_ (by name), weights_.
    """

    def __init__(self, estimators, weights=None, method="mean", cv=5):
        self.estimators = estimators
        self.weights = weights
        self.method = method
        self.cv = cv

    def fit(self, X, y):
        """Trains clones of the classifiers, and learns their weights if that is asked for."""
        weights = self._given_weights()
        self.classes_, labels = np.unique(y, return_inverse=True)
        self.estimators_ = {name: clone(estimator).fit(X, y) for name, estimator in self.estimators}
        if len(self.estimators_) != len(self.estimators):
            raise ValueError("two classifiers have the same name")
        if weights is None:
            said = {name: cross_val_predict(clone(estimator), X, y, cv=self.cv, method="predict_proba")
                    for name, estimator in self.estimators}
            with self._ensemble(said, dict.fromkeys(said, self.classes_)) as ensemble:
                ensemble.method = "mean"  # weights are those of the linear pool
                ensemble.fit(labels)
                weights = ensemble.weights
        self.weights_ = weights
        return self

    def _given_weights(self):
        """One for each classifier, or None: they are to be learned. Before anything is trained."""
        n = len(self.estimators)
        if self.weights is None:
            return np.full(n, 1 / n)
        if isinstance(self.weights, str):
            if self.weights != "learned":
                raise ValueError(f"weights are None, numbers, or 'learned', not {self.weights!r}")
            return None
        weights = np.array(self.weights, float)
        if weights.shape != (n,):
            raise ValueError(f"there are {n} classifiers, but weights of the shape {weights.shape}")
        return weights

    def _ensemble(self, said, classes):
        """What they said, as an ensemble. A classifier that has not seen each class has columns of its own."""
        ensemble = Ensemble(len(self.classes_), self.method)
        for name, output in said.items():
            own = np.searchsorted(self.classes_, classes[name])
            ensemble.add(np.ascontiguousarray(output), name=name, space="probabilities",
                         classes=None if len(own) == len(self.classes_) else own)
        return ensemble

    def predict_proba(self, X):
        """(rows, classes), float64."""
        check_is_fitted(self)
        said = {name: estimator.predict_proba(X) for name, estimator in self.estimators_.items()}
        with self._ensemble(said, {name: each.classes_ for name, each in self.estimators_.items()}) as ensemble:
            ensemble.weights = self.weights_
            return ensemble.combine(dtype=np.float64)

    def predict(self, X):
        """The class of the largest probability, the first of several."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]
