# SPDX-License-Identifier: MIT
#
# oracle: fusions of rankings beside a slow model made from the words of ensemble_rank.h, bit by bit. golden_rank: the
# same hashes on every machine and with every compiler; --write writes its lines of tests/golden/golden.txt anew.
#
# Other targets build them with rank-programs in a build directory of their own, and run $(B)/tests/rank/oracle --quick
# and $(B)/tests/rank/golden_rank there.

TEST_TARGETS += test-rank

RANK_B := $(B)/tests/rank
RANK_SHARED := $(RANK_B)/hand.o $(B)/tests/kernels/number.o
RANK_ORACLE := $(patsubst %,$(RANK_B)/%.o,oracle model) $(RANK_SHARED)
RANK_GOLDEN := $(RANK_B)/golden_rank.o $(RANK_SHARED) $(patsubst %,$(B)/tests/kernels/%.o,hashes isas)

$(RANK_B)/%.o: tests/rank/%.c $(B)/settings
	@mkdir -p $(@D)
	$(CC) -Itests/kernels $(TEST_CPPFLAGS) $(CFLAGS) $(TEST_CFLAGS) -MMD -MP -c $< -o $@

$(RANK_B)/oracle: $(RANK_ORACLE) $(STATIC)
	$(CC) $(CFLAGS) $(ARCH_FLAGS) $(LDFLAGS) $^ -lm -o $@

$(RANK_B)/golden_rank: $(RANK_GOLDEN) $(STATIC)
	$(CC) $(CFLAGS) $(ARCH_FLAGS) $(LDFLAGS) $^ -lm -o $@

rank-programs: $(RANK_B)/oracle $(RANK_B)/golden_rank

test-rank: rank-programs ## rankings beside a slow model, bit by bit
	$(RANK_B)/oracle
	$(RANK_B)/golden_rank

-include $(RANK_ORACLE:.o=.d) $(RANK_GOLDEN:.o=.d)

.PHONY: rank-programs
