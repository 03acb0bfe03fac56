# SPDX-License-Identifier: MIT
#
# mutation: do the tests notice an error in src/? mutate.py makes one small error after the other and runs the tests
# that reach the line (reach.c), until one fails. What was found is kept in $(MUTATION_RESULTS), so that a run can be
# stopped at any time, and goes on where it was, on another machine, too. A line that changes is tried again; without
# the file, everything is. MUTANTS=N and SEED=S: the first N of the sample that belongs to S. MINUTES=M: begin no more
# after so many minutes.
#
# It is in none of the lists, since it takes hours.
#
# The tests are linked with a shared library that holds internal names too; for a mutant, only that is linked again.

MUTANTS := 500
SEED := 1
MINUTES := 600
MUTATION_B := $(B)/mutation
MUTATION_RESULTS := tests/mutation/results-$(SEED).txt
MUTATION_FLAGS := -std=c11 $(ARCH_FLAGS) -fPIC -ffp-contract=off -fno-math-errno -fno-semantic-interposition
MUTATION_LIBRARY := $(MUTATION_B)/libmutant.so

# Those with a malloc() of their own are compiled, and linked by mutate.py.
MUTATION_WRAPPED = $(foreach t,$(UNIT_TESTS),$(if $(UNIT_LDFLAGS_$t),$t))
MUTATION_MAKE = +$(MAKE) -s --no-print-directory B='$(MUTATION_B)' CC=gcc AR=ar CPPFLAGS= CFLAGS=-O1 LDFLAGS= WERROR= \
    LIB_CFLAGS='$(MUTATION_FLAGS)'
MUTATION_TESTS = $(MUTATION_MAKE) -o '$(MUTATION_LIBRARY)' STATIC='$(MUTATION_LIBRARY)'

mutation: ## errors put into src/ one by one: do the tests notice? (MUTANTS=, SEED=, MINUTES=)
	$(MUTATION_MAKE) static
	$(MUTATION_MAKE) B='$(MUTATION_B)/reach' LIB_CFLAGS='$(MUTATION_FLAGS) -g1 -fsanitize-coverage=trace-pc' static
	gcc -O2 -fPIC -D_GNU_SOURCE -c tests/mutation/reach.c -o $(MUTATION_B)/reach.o
	gcc -shared -Wl,-Bsymbolic $(SOURCES:src/%.c=$(MUTATION_B)/obj/%.o) -o $(MUTATION_LIBRARY)
	$(MUTATION_TESTS) $(patsubst %,$(MUTATION_B)/tests/unit/%,$(filter-out $(MUTATION_WRAPPED),$(UNIT_TESTS)))
	$(MUTATION_TESTS) kernels-programs methods-programs learn-programs rank-programs extremes-programs
	$(MUTATION_TESTS) $(patsubst %,$(MUTATION_B)/tests/world/%.o,memory work calls)
	for test in $(MUTATION_WRAPPED); do \
	    to=$(MUTATION_B)/tests/unit/$$test.o; \
	    gcc $(TEST_CPPFLAGS) $(TEST_CFLAGS) -O1 -c tests/unit/$$test.c -o $$to.new || exit 1; \
	    if cmp -s $$to.new $$to; then rm $$to.new; else mv $$to.new $$to; fi; \
	done
	/usr/bin/python3 tests/mutation/mutate.py --build '$(MUTATION_B)' --flags '-O1 $(MUTATION_FLAGS)' \
	    $(foreach isa,$(ISAS),--isa '$(isa):$(ISA_FLAGS_$(isa))') --mutants $(MUTANTS) --seed $(SEED) \
	    --minutes $(MINUTES) --results '$(MUTATION_RESULTS)' --survivors tests/mutation/survivors.txt

.PHONY: mutation
