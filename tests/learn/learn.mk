# SPDX-License-Identifier: MIT
#
# oracle: what ensemble_fit(), ensemble_score() and ensemble_update() say, beside what ensemble.h says in long double,
# and every instruction set beside the portable one. golden_fit: the same hashes on every machine and with every
# compiler; with --write it writes its lines of tests/golden/golden.txt anew.
#
# Other targets build them with learn-programs in a build directory of their own, and run
# $(B)/tests/learn/oracle --quick and $(B)/tests/learn/golden_fit there.

TEST_TARGETS += test-learn

LEARN_B := $(B)/tests/learn
LEARN_SHARED := $(LEARN_B)/lesson_call.o $(patsubst %,$(B)/tests/kernels/%.o,guard report isas number)
LEARN_ORACLE := $(patsubst %,$(LEARN_B)/%.o,oracle judge_lesson lesson lesson_fill truth mark optimum likelihood \
    check_fit answers check_convex check_greedy check_closed check_folds check_heat check_score) \
    $(B)/tests/methods/options.o $(B)/tests/methods/real.o $(LEARN_SHARED)
LEARN_GOLDEN := $(LEARN_B)/golden_fit.o $(LEARN_SHARED) $(B)/tests/kernels/hashes.o

$(LEARN_B)/%.o: tests/learn/%.c $(B)/settings
	@mkdir -p $(@D)
	$(CC) -Itests/kernels -Itests/methods $(TEST_CPPFLAGS) $(CFLAGS) $(TEST_CFLAGS) -MMD -MP -c $< -o $@

$(LEARN_B)/oracle: $(LEARN_ORACLE) $(STATIC)
	$(CC) $(CFLAGS) $(ARCH_FLAGS) $(LDFLAGS) $^ -lm -o $@

$(LEARN_B)/golden_fit: $(LEARN_GOLDEN) $(STATIC)
	$(CC) $(CFLAGS) $(ARCH_FLAGS) $(LDFLAGS) $^ -lm -o $@

learn-programs: $(LEARN_B)/oracle $(LEARN_B)/golden_fit

test-learn: learn-programs ## what is learned, by its definition, and every instruction set, bit by bit
	$(LEARN_B)/oracle
	$(LEARN_B)/golden_fit

-include $(LEARN_ORACLE:.o=.d) $(LEARN_GOLDEN:.o=.d)

.PHONY: learn-programs
