# SPDX-License-Identifier: MIT
#
# test-demo: the demo prints the table that is known, and its reader of .npy files refuses what it should.
# test-examples: the other examples do what they say.

TEST_TARGETS += test-demo test-examples

$(B)/tests/demo/npy_test: $(addprefix docs/examples/demo/,npy.c npy.h) tests/demo/npy_test.c $(B)/settings
	@mkdir -p $(@D)
	$(CC) -Idocs/examples/demo $(CPPFLAGS) $(CFLAGS) $(DEMO_CFLAGS) $(LDFLAGS) $(filter %.c,$^) -o $@

# What follows "Time" depends on the machine.
test-demo: $(DEMO) $(B)/tests/demo/npy_test
	$(B)/tests/demo/npy_test docs/examples/digits
	$(DEMO) docs/examples/digits > $(B)/tests/demo/output.txt
	sed '/^Time/,$$d' $(B)/tests/demo/output.txt > $(B)/tests/demo/table.txt
	sed '/^#/d' tests/demo/expected.txt | diff -u - $(B)/tests/demo/table.txt

# Without OpenMP its pragma is nothing, and its loop one of one thread.
$(B)/examples/loops: docs/examples/threads/loops.c include/ensemble.h $(STATIC) $(B)/settings
	@mkdir -p $(@D)
	openmp=$$(echo 'int main(void) { return 0; }' | $(CC) -fopenmp -x c - -o $@.try 2> /dev/null && echo -fopenmp); \
	[ -n "$$openmp" ] || echo "SKIPPED: the compiler has no OpenMP; its loop is tried with one thread"; \
	$(CC) $$openmp -Iinclude $(CPPFLAGS) $(CFLAGS) $(DEMO_CFLAGS) -Wno-unknown-pragmas $(LDFLAGS) $(filter %.c %.a,$^) \
	    -pthread -o $@

test-examples: $(B)/examples/loops
	$(B)/examples/loops > $(B)/tests/demo/loops.txt
	printf 'openmp: the same bits\npthreads: the same bits\n' | diff -u - $(B)/tests/demo/loops.txt
