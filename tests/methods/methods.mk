# SPDX-License-Identifier: MIT
#
# oracle: the methods beside their formulas in long double, and every instruction set beside the portable one, in all
# the ways that a call can be made. oracle_report: the same for what a call reports besides its result, and for the
# functions around that. golden_methods and golden_report: the same hashes on every machine and with every compiler;
# with --write they write their lines of tests/golden/golden.txt anew.
#
# Other targets build them with methods-programs in a build directory of their own, and run
# $(B)/tests/methods/oracle --quick, $(B)/tests/methods/golden_methods and the other two there.

TEST_TARGETS += test-methods

METHODS_B := $(B)/tests/methods
METHODS_SHARED := $(patsubst %,$(B)/tests/kernels/%.o,isas number)
METHODS_TASKS := $(patsubst %,$(METHODS_B)/%.o,options task models values handle play sheet fields expect convert \
    formulas orders forms real) $(METHODS_SHARED) $(patsubst %,$(B)/tests/kernels/%.o,guard report)
METHODS_ORACLE := $(patsubst %,$(METHODS_B)/%.o,oracle judge verdict) $(METHODS_TASKS)
METHODS_REPORT := $(patsubst %,$(METHODS_B)/%.o,oracle_report judge_report account account_models \
    account_without account_codes report_calls settled similar) $(METHODS_TASKS)
METHODS_HASHES := $(METHODS_B)/golden_work.o $(METHODS_SHARED) $(B)/tests/kernels/hashes.o
METHODS_GOLDEN := $(METHODS_B)/golden_methods.o $(METHODS_HASHES)
METHODS_GOLDEN_REPORT := $(patsubst %,$(METHODS_B)/%.o,golden_report fields) $(METHODS_HASHES)
METHODS_PROGRAMS := $(METHODS_B)/oracle $(METHODS_B)/oracle_report $(METHODS_B)/golden_methods \
    $(METHODS_B)/golden_report

$(METHODS_B)/%.o: tests/methods/%.c $(B)/settings
	@mkdir -p $(@D)
	$(CC) -Itests/kernels $(TEST_CPPFLAGS) $(CFLAGS) $(TEST_CFLAGS) -MMD -MP -c $< -o $@

$(METHODS_B)/oracle: $(METHODS_ORACLE) $(STATIC)
	$(CC) $(CFLAGS) $(ARCH_FLAGS) $(LDFLAGS) $^ -lm -o $@

$(METHODS_B)/oracle_report: $(METHODS_REPORT) $(STATIC)
	$(CC) $(CFLAGS) $(ARCH_FLAGS) $(LDFLAGS) $^ -lm -o $@

$(METHODS_B)/golden_methods: $(METHODS_GOLDEN) $(STATIC)
	$(CC) $(CFLAGS) $(ARCH_FLAGS) $(LDFLAGS) $^ -lm -o $@

$(METHODS_B)/golden_report: $(METHODS_GOLDEN_REPORT) $(STATIC)
	$(CC) $(CFLAGS) $(ARCH_FLAGS) $(LDFLAGS) $^ -lm -o $@

methods-programs: $(METHODS_PROGRAMS)

test-methods: methods-programs ## every method, by its formula, and every instruction set, bit by bit
	$(METHODS_B)/oracle
	$(METHODS_B)/oracle_report
	$(METHODS_B)/golden_methods
	$(METHODS_B)/golden_report

-include $(METHODS_ORACLE:.o=.d) $(METHODS_REPORT:.o=.d) $(METHODS_GOLDEN:.o=.d) \
    $(METHODS_GOLDEN_REPORT:.o=.d)

.PHONY: methods-programs
