# SPDX-License-Identifier: MIT
#
# Rankings beside C++ and Python. Boost's flat map and NumPy take part where they are installed, as by `sh tests/run
# bench-rank`; elsewhere the bench says that they are missing.

BENCH_RANK_B := $(BENCH_B)/rank
BENCH_RANK_SOURCES := tests/bench/rank/main.c $(addprefix tests/bench/,cell.c coprocess.c data.c)
BENCH_RANK_HEADERS := tests/bench/rank/job.h $(addprefix tests/bench/,cell.h coprocess.h data.h)

$(BENCH_RANK_B)/loops.o: tests/bench/rank/loops.cpp tests/bench/rank/job.h $(B)/settings
	@mkdir -p $(@D)
	$(CXX) -std=c++17 -O3 -march=native -Wall -Wextra -c $< -o $@

$(BENCH_RANK_B)/bench: $(BENCH_RANK_SOURCES) $(BENCH_RANK_HEADERS) $(BENCH_RANK_B)/loops.o $(STATIC)
	$(CC) $(TEST_CPPFLAGS) $(CFLAGS) $(TEST_CFLAGS) $(LDFLAGS) $(filter %.c %.o %.a,$^) -lstdc++ -lm -o $@

# A part of it: BENCH="--only 'top 100'".
bench-rank: $(BENCH_RANK_B)/bench ## speed of rankings beside C++ and Python; a part of it: BENCH="--only CombSUM"
	$< $(BENCH)

.PHONY: bench-rank
