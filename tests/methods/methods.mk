# SPDX-License-Identifier: MIT
#
# oracle: the methods beside their formulas in long double, and every instruction set beside the portable one, in all
# the ways that a call can be made. golden_methods: the same hashes on every machine and with every compiler.
#
# Other targets build them with methods-programs in a build directory of their own, and run
# $(B)/tests/methods/oracle --quick and $(B)/tests/methods/golden_methods there.

TEST_TARGETS += test-methods

METHODS_B := $(B)/tests/methods
METHODS_SHARED := $(patsubst %,$(B)/tests/kernels/%.o,isas number)
METHODS_ORACLE := $(patsubst %,$(METHODS_B)/%.o,oracle task models values handle play expect convert formulas orders \
    forms real verdict) $(METHODS_SHARED) $(patsubst %,$(B)/tests/kernels/%.o,guard report)
METHODS_GOLDEN := $(patsubst %,$(METHODS_B)/%.o,golden_methods golden_work) $(METHODS_SHARED) \
    $(B)/tests/kernels/hashes.o
METHODS_PROGRAMS := $(METHODS_B)/oracle $(METHODS_B)/golden_methods

$(METHODS_B)/%.o: tests/methods/%.c $(B)/settings
	@mkdir -p $(@D)
	$(CC) -Itests/kernels $(TEST_CPPFLAGS) $(CFLAGS) $(TEST_CFLAGS) -MMD -MP -c $< -o $@

$(METHODS_B)/oracle: $(METHODS_ORACLE) $(STATIC)
	$(CC) $(CFLAGS) $(ARCH_FLAGS) $(LDFLAGS) $^ -lm -o $@

$(METHODS_B)/golden_methods: $(METHODS_GOLDEN) $(STATIC)
	$(CC) $(CFLAGS) $(ARCH_FLAGS) $(LDFLAGS) $^ -lm -o $@

methods-programs: $(METHODS_PROGRAMS)

test-methods: methods-programs ## every method, by its formula, and every instruction set, bit by bit
	$(METHODS_B)/oracle
	$(METHODS_B)/golden_methods

-include $(METHODS_ORACLE:.o=.d) $(METHODS_GOLDEN:.o=.d)

.PHONY: methods-programs
