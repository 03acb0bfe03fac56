# SPDX-License-Identifier: MIT
#
# docs/examples/python: the class for NumPy, and soft voting beside scikit-learn's. bench-python: its calls beside the
# expression that they stand for.

CHECK_TARGETS += test-python

PYTHON_RUN = CC='$(CC)' LIBENSEMBLE="$(abspath $(SHARED))" sh tests/python/run.sh

test-python: shared ## the class for NumPy, and soft voting beside scikit-learn
	@$(PYTHON_RUN) test

bench-python: shared ## what a combine takes from Python, beside NumPy's w1*y1 + w2*y2 + w3*y3
	@$(PYTHON_RUN) bench

.PHONY: bench-python
