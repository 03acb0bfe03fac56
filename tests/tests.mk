# SPDX-License-Identifier: MIT
#
# Tests. Each folder below has its own rules in a .mk file, and adds the names of its targets to one of three lists:
# TEST_TARGETS, what `make test` runs on any machine; ENGINE_TARGETS, what `make test-engines` runs: the library inside
# of engines that others build their services of, where these are installed; and CHECK_TARGETS, what `make check-all`
# runs besides: what takes longer, or needs other compilers, emulators or tools. Programs are built into
# $(B)/tests/FOLDER/.

TEST_TARGETS :=
ENGINE_TARGETS :=
CHECK_TARGETS := test-engines

# For test programs: internal headers and internal symbols, through the static library.
TEST_CPPFLAGS := $(LIB_CPPFLAGS) $(CPPFLAGS)
TEST_CFLAGS := -std=c11 $(ARCH_FLAGS) -ffp-contract=off $(WARNINGS)

include $(sort $(wildcard tests/*/*.mk))

test: $(TEST_TARGETS) ## the tests that any machine can run (needs cmocka and pkg-config)

test-engines: $(ENGINE_TARGETS) ## the library inside of real engines: ONNX Runtime, XGBoost, Open MPI, NumPy, PyTorch

check-all: test $(CHECK_TARGETS) ## everything: other compilers, sanitizers, emulated processors, ABI

.PHONY: test check-all $(TEST_TARGETS) $(ENGINE_TARGETS) $(CHECK_TARGETS)
