# SPDX-License-Identifier: MIT
#
# mutation: do the tests notice an error in src/? mutate.py makes one small error after the other and runs the tests
# that matter for the file, until one fails. What was found is kept in $(MUTATION_RESULTS), so that a run can be stopped
# at any time, and goes on where it was. MUTANTS=N and SEED=S: the first N of the sample that belongs to S. MINUTES=M:
# begin no more after so many minutes.
#
# It is in none of the lists, since it takes hours.
#
# The tests are linked with a shared library that holds internal names too; for a mutant, only that is linked again.

MUTANTS := 500
SEED := 1
MINUTES := 600
MUTATION_B := $(B)/mutation
MUTATION_RESULTS := $(MUTATION_B)/results-$(SEED).txt
MUTATION_FLAGS := -std=c11 $(ARCH_FLAGS) -fPIC -ffp-contract=off -fno-math-errno -fno-semantic-interposition
MUTATION_LIBRARY := $(MUTATION_B)/libmutant.so

# Those with a malloc() of their own reach it in a static library only.
MUTATION_UNIT = $(foreach t,$(UNIT_TESTS),$(if $(UNIT_LDFLAGS_$t),,$t))
MUTATION_MAKE = +$(MAKE) -s --no-print-directory B='$(MUTATION_B)' CC=gcc AR=ar CPPFLAGS= CFLAGS=-O1 LDFLAGS= WERROR= \
    LIB_CFLAGS='$(MUTATION_FLAGS)'
MUTATION_TESTS = $(MUTATION_MAKE) -o '$(MUTATION_LIBRARY)' STATIC='$(MUTATION_LIBRARY)'

mutation: ## errors put into src/ one by one: do the tests notice? (MUTANTS=, SEED=, MINUTES=)
	$(MUTATION_MAKE) static
	gcc -shared -Wl,-Bsymbolic $(SOURCES:src/%.c=$(MUTATION_B)/obj/%.o) -o $(MUTATION_LIBRARY)
	$(MUTATION_TESTS) TEST_CFLAGS='-std=c11 $(ARCH_FLAGS) -ffp-contract=off -O0' \
	    $(MUTATION_UNIT:%=$(MUTATION_B)/tests/unit/%)
	$(MUTATION_TESTS) kernels-programs methods-programs learn-programs rank-programs
	nice /usr/bin/python3 tests/mutation/mutate.py --build '$(MUTATION_B)' --flags '-O1 $(MUTATION_FLAGS)' \
	    $(foreach isa,$(ISAS),--isa '$(isa):$(ISA_FLAGS_$(isa))') --mutants $(MUTANTS) --seed $(SEED) \
	    --minutes $(MINUTES) --results '$(MUTATION_RESULTS)' --survivors tests/mutation/survivors.txt

.PHONY: mutation
