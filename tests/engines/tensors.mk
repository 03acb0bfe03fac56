# SPDX-License-Identifier: MIT
#
# The library from Python, without a binding: ctypes, and the tensors of NumPy and PyTorch by DLPack. Python is that of
# the distribution, whose packages these are (on Debian: python3-numpy and python3-torch).

ENGINE_TARGETS += test-tensors

TENSORS_PYTHON := /usr/bin/python3

test-tensors: shared ## tensors of NumPy and PyTorch as outputs of models, without a copy, and flat calls from Python
	$(TENSORS_PYTHON) -B tests/engines/tensors.py $(SHARED)
