# SPDX-License-Identifier: MIT
#
# The plain C is compiled as its users would: for this machine, with all that -O3 does. loops_*_fast.o is the same with
# -ffast-math, without which gcc does not use the vector functions of glibc's libmvec (-lm brings it, and not everywhere
# is one).

BENCH_B := $(B)/tests/bench
BENCH_PEERS := $(patsubst %,$(BENCH_B)/%.o, \
    peers loops_order loops_elements loops_elements_fast loops_rows loops_rows_fast)

$(BENCH_B)/peers.o: tests/bench/peers.c tests/bench/peers.h $(B)/settings
	@mkdir -p $(@D)
	$(CC) $(TEST_CPPFLAGS) $(CFLAGS) -O3 -march=native -c $< -o $@

$(BENCH_B)/loops_%.o: tests/bench/loops_%.c tests/bench/loops.h $(B)/settings
	@mkdir -p $(@D)
	$(CC) $(TEST_CPPFLAGS) $(CFLAGS) $(WARNINGS) -O3 -march=native -c $< -o $@

$(BENCH_B)/loops_%_fast.o: tests/bench/loops_%.c tests/bench/loops.h $(B)/settings
	@mkdir -p $(@D)
	$(CC) $(TEST_CPPFLAGS) $(CFLAGS) $(WARNINGS) -O3 -march=native -ffast-math -DLOOPS_FAST -c $< -o $@

$(BENCH_B)/bench: $(addprefix tests/bench/,bench.c methods.c cell.c methods.h cell.h peers.h loops.h) $(BENCH_PEERS) \
    $(STATIC)
	$(CC) $(TEST_CPPFLAGS) $(CFLAGS) $(TEST_CFLAGS) $(LDFLAGS) $(filter %.c %.o %.a,$^) -lm -o $@

bench: $(BENCH_B)/bench ## speed beside plain C; a part of it: BENCH="--methods --only median", "--dtype f32 --models 3"
	$< $(BENCH)

.PHONY: bench
