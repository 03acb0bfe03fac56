# SPDX-License-Identifier: MIT
"""docs/examples/python/digits.py prints what its README says."""
import subprocess
import sys
import unittest

PRINTED = """
quote: printed
weights logistic 0.095 naive_bayes 0.324 forest 0.000 knn 0.072 svm 0.508 tree 0.000
accuracy 0.8883, log loss 0.3501
row 96 is the most contested: 1 or 2, and it is a 1
quote: end
""".split("\n")[2:-2]


class Digits(unittest.TestCase):
    def test_what_it_prints(self):
        found = subprocess.run([sys.executable, "docs/examples/python/digits.py", "docs/examples/digits"], check=True,
                               capture_output=True, text=True).stdout
        self.assertEqual(found.split("\n")[:-1], PRINTED)


if __name__ == "__main__":
    unittest.main()
