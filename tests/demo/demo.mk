# SPDX-License-Identifier: MIT
#
# test-demo: the demo prints the table that is known, and its reader of .npy files refuses what it should.

TEST_TARGETS += test-demo

$(B)/tests/demo/npy_test: $(addprefix docs/examples/demo/,npy.c npy.h) tests/demo/npy_test.c $(B)/settings
	@mkdir -p $(@D)
	$(CC) -Idocs/examples/demo $(CPPFLAGS) $(CFLAGS) $(DEMO_CFLAGS) $(LDFLAGS) $(filter %.c,$^) -o $@

# What follows "Time" depends on the machine.
test-demo: $(DEMO) $(B)/tests/demo/npy_test
	$(B)/tests/demo/npy_test docs/examples/digits
	$(DEMO) docs/examples/digits > $(B)/tests/demo/output.txt
	sed '/^Time/,$$d' $(B)/tests/demo/output.txt > $(B)/tests/demo/table.txt
	diff -u tests/demo/expected.txt $(B)/tests/demo/table.txt
