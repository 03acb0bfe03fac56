# SPDX-License-Identifier: MIT
#
# coverage: which lines of src/ the tests run, and which ways out of each condition they take. The library and the tests
# that are run are built in a directory of their own, without optimisation, so that a condition is what is written; what
# is checked is what this processor can run. It fails where a line or a way was never taken, unless exceptions.txt says
# why. COVERAGE_LONG=1 runs the oracles in full.
#
# Since a build without optimisation takes minutes, it is kept: after a change only what needs it is built again.

CHECK_TARGETS += coverage

COVERAGE = +MAKE='$(MAKE)' B='$(B)/coverage' UNIT='$(UNIT_TESTS)' FLAGS="$(LIB_CFLAGS)" \
    LONG='$(COVERAGE_LONG)' sh tests/coverage/run.sh

coverage: ## lines and branches of src/ that the tests take: all of them (needs gcc and gcovr)
	@$(COVERAGE)
