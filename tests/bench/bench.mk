# SPDX-License-Identifier: MIT

$(B)/tests/bench/peers.o: tests/bench/peers.c tests/bench/peers.h $(B)/settings
	@mkdir -p $(@D)
	$(CC) $(TEST_CPPFLAGS) $(CFLAGS) -O3 -march=native -c $< -o $@

$(B)/tests/bench/bench: tests/bench/bench.c $(B)/tests/bench/peers.o $(STATIC)
	$(CC) $(TEST_CPPFLAGS) $(CFLAGS) $(TEST_CFLAGS) $(LDFLAGS) $^ -o $@

bench: $(B)/tests/bench/bench ## speed beside plain C loops; BENCH="--dtype f32 --models 3" for a part of it
	$< $(BENCH)

.PHONY: bench
