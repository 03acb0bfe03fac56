# SPDX-License-Identifier: MIT
"""Six classifiers of handwritten digits, combined: digits.py FOLDER, of docs/examples/digits."""
import sys

import numpy as np

from ensemble import Ensemble

names = "logistic", "naive_bayes", "forest", "knn", "svm", "tree"


def said(part):
    return [np.load(f"{sys.argv[1]}/{name}.{part}.npy") for name in (*names, "labels")]


# quote: learn
*outputs, truth = said("validation")
with Ensemble(10, "mean") as e:
    for name, output in zip(names, outputs):
        e.add(output, name=name, space="probabilities")
    e.fit(truth)                                       # weights with the least log loss
    text = e.save()
# quote: end

# quote: use
e = Ensemble.load(text)
*outputs, truth = said("test")
for model, output in enumerate(outputs):
    e.point(model, output)                             # read where it is, whenever something is combined
y, report = e.run(report=["label", "confidence", "mutual_information"], top=2)
# quote: end

print("weights", *(f"{name} {weight:.3f}" for name, weight in zip(names, e.weights)))
print(f"accuracy {(report.label == truth).mean():.4f}, log loss {e.score('log_loss', truth):.4f}")
row = report.mutual_information.argmax()
print(f"row {row} is the most contested: {report.top_labels[row, 0]} or {report.top_labels[row, 1]}, "
      f"and it is a {truth[row]}")
