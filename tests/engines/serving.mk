# SPDX-License-Identifier: MIT
#
# test-serving-dlpack: the lines of Python in docs/serving.md hand an array of NumPy to the library.

ENGINE_TARGETS += test-serving-dlpack

test-serving-dlpack: $(SHARED)
	/usr/bin/python3 docs/examples/serving/dlpack.py $(SHARED) | diff -u tests/engines/dlpack.txt -
