# SPDX-License-Identifier: MIT
#
# The plain C is compiled as its users would: for this machine, with all that -O3 does. loops_*_fast.o is the same with
# -ffast-math, without which gcc does not use the vector functions of glibc's libmvec (-lm brings it, and not everywhere
# is one). learn_peers.py needs Python with NumPy and SciPy; without them, the bench says so and goes on.

BENCH_B := $(B)/tests/bench
BENCH_PEERS := $(patsubst %,$(BENCH_B)/%.o, \
    peers loops_order $(foreach loops,elements rows report models,loops_$(loops) loops_$(loops)_fast) \
    learn_loops learn_loops_fast)
BENCH_SOURCES := bench.c methods.c report.c report_job.c learn.c learn_data.c learn_python.c coprocess.c \
    server.c cell.c data.c
BENCH_HEADERS := methods.h report.h report_job.h learn.h learn_data.h learn_python.h learn_loops.h coprocess.h \
    server.h cell.h data.h peers.h loops.h passes.h

$(BENCH_B)/peers.o: tests/bench/peers.c tests/bench/peers.h $(B)/settings
	@mkdir -p $(@D)
	$(CC) $(TEST_CPPFLAGS) $(CFLAGS) -O3 -march=native -c $< -o $@

$(BENCH_B)/loops_%.o: tests/bench/loops_%.c tests/bench/loops.h tests/bench/passes.h $(B)/settings
	@mkdir -p $(@D)
	$(CC) $(TEST_CPPFLAGS) $(CFLAGS) $(WARNINGS) -O3 -march=native -c $< -o $@

$(BENCH_B)/loops_%_fast.o: tests/bench/loops_%.c tests/bench/loops.h tests/bench/passes.h $(B)/settings
	@mkdir -p $(@D)
	$(CC) $(TEST_CPPFLAGS) $(CFLAGS) $(WARNINGS) -O3 -march=native -ffast-math -DLOOPS_FAST -c $< -o $@

$(BENCH_B)/learn_loops.o: tests/bench/learn_loops.c $(addprefix tests/bench/,learn_loops.h learn_data.h) $(B)/settings
	@mkdir -p $(@D)
	$(CC) $(TEST_CPPFLAGS) $(CFLAGS) $(WARNINGS) -O3 -march=native -c $< -o $@

$(BENCH_B)/learn_loops_fast.o: tests/bench/learn_loops.c $(addprefix tests/bench/,learn_loops.h learn_data.h) \
    $(B)/settings
	@mkdir -p $(@D)
	$(CC) $(TEST_CPPFLAGS) $(CFLAGS) $(WARNINGS) -O3 -march=native -ffast-math -DLOOPS_FAST -c $< -o $@

$(BENCH_B)/bench: $(addprefix tests/bench/,$(BENCH_SOURCES) $(BENCH_HEADERS)) $(BENCH_PEERS) $(STATIC)
	$(CC) $(TEST_CPPFLAGS) $(CFLAGS) $(TEST_CFLAGS) $(LDFLAGS) $(filter %.c %.o %.a,$^) -lm -o $@

# A part of it: BENCH="--methods --only median", "--report --only entropy", "--learn", "--server", or "--dtype f32".
bench: $(BENCH_B)/bench ## speed beside plain C; a part of it: BENCH="--learn", "--report --only label", "--dtype f32"
	$< $(BENCH)

.PHONY: bench

include tests/bench/peers/peers.mk
include tests/bench/rank/rank.mk
