# SPDX-License-Identifier: MIT
#
# Rankings beside C++ and Python. Boost's flat map and NumPy take part where they are installed (`sh tests/run bench-rank`
# installs them), and are said to be missing elsewhere.

RANK_B := $(BENCH_B)/rank
RANK_SOURCES := tests/bench/rank/main.c $(addprefix tests/bench/,cell.c coprocess.c data.c)
RANK_HEADERS := tests/bench/rank/job.h $(addprefix tests/bench/,cell.h coprocess.h data.h)

$(RANK_B)/loops.o: tests/bench/rank/loops.cpp tests/bench/rank/job.h $(B)/settings
	@mkdir -p $(@D)
	$(CXX) -std=c++17 -O3 -march=native -Wall -Wextra -c $< -o $@

$(RANK_B)/bench: $(RANK_SOURCES) $(RANK_HEADERS) $(RANK_B)/loops.o $(STATIC)
	$(CC) $(TEST_CPPFLAGS) $(CFLAGS) $(TEST_CFLAGS) $(LDFLAGS) $(filter %.c %.o %.a,$^) -lstdc++ -lm -o $@

# A part of it: BENCH="--only 'top 100'".
bench-rank: $(RANK_B)/bench ## speed of fusing rankings beside C++ and Python; a part of it: BENCH="--only CombSUM"
	$< $(BENCH)

.PHONY: bench-rank
