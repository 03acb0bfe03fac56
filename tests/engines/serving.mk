# SPDX-License-Identifier: MIT
#
# test-serving-dlpack: the Python in docs/serving.md hands an array of NumPy (Debian: python3-numpy) to the library.

ENGINE_TARGETS += test-serving-dlpack

test-serving-dlpack: $(SHARED)
	@mkdir -p $(B)/tests/engines
	/usr/bin/python3 docs/examples/serving/dlpack.py $(SHARED) > $(B)/tests/engines/dlpack.txt
	sed '/^#/d' tests/engines/dlpack.txt | diff -u - $(B)/tests/engines/dlpack.txt
