# SPDX-License-Identifier: MIT
#
# What the library must leave alone in the process that it lives in, and what that process may do meanwhile. Each
# program says at its top what it shows.
# world-programs: memory, which the sanitizers run in build directories of their own.
# check-first-call: the first call by 16 threads at once, under the thread sanitizer, in STARTS processes.
# check-stacks: 32-bit x86, whose callers may align the stack to 4 bytes only.
# check-settings-arm: the floating-point settings of Arm, in an emulator.

TEST_TARGETS += test-world
CHECK_TARGETS += check-first-call check-stacks check-settings-arm

STARTS ?= 10000

WORLD_B := $(B)/tests/world
WORLD_WORKERS := $(addprefix $(WORLD_B)/,memory quiet readonly settings crowd twice)
WORLD_PROGRAMS := $(WORLD_WORKERS) $(WORLD_B)/first

$(WORLD_B)/%.o: tests/world/%.c $(B)/settings
	@mkdir -p $(@D)
	$(CC) $(TEST_CPPFLAGS) $(CFLAGS) $(TEST_CFLAGS) -fPIC -fvisibility=default -D_GNU_SOURCE -pthread -MMD -MP -c $< -o $@

$(WORLD_WORKERS): $(WORLD_B)/work.o
$(WORLD_B)/memory $(WORLD_B)/settings: $(WORLD_B)/calls.o
$(WORLD_B)/memory: WORLD_LDFLAGS := $(UNIT_WRAP)
$(WORLD_PROGRAMS): $(WORLD_B)/%: $(WORLD_B)/%.o $(STATIC)
	$(CC) $(CFLAGS) $(ARCH_FLAGS) $(LDFLAGS) $(WORLD_LDFLAGS) $(filter %.o,$^) $(STATIC) -pthread -ldl -lm -o $@

# The same program, which exports what is its own (-rdynamic), but not what comes of archives: without --exclude-libs,
# the plugin would be bound to the program's copy, as ELF has it.
$(WORLD_B)/twice-exported: $(WORLD_B)/twice.o $(WORLD_B)/work.o $(STATIC)
	$(CC) $(CFLAGS) $(ARCH_FLAGS) $(LDFLAGS) -rdynamic -Wl,--exclude-libs,ALL $(filter %.o,$^) $(STATIC) -pthread -ldl \
	    -lm -o $@

$(WORLD_B)/plugin.so: $(WORLD_B)/plugin.o $(WORLD_B)/work.o $(SHARED) $(SHARED_LINKS)
	$(CC) $(CFLAGS) $(ARCH_FLAGS) $(LDFLAGS) -shared -Wl,-Bsymbolic $(filter %.o,$^) $(SHARED) -o $@

test-world: $(WORLD_PROGRAMS) $(WORLD_B)/twice-exported $(WORLD_B)/plugin.so ## the library in somebody else's process
	@CC='$(CC)' sh tests/world/complete.sh
	@B='$(B)' STATIC='$(STATIC)' FLAGS='$(CFLAGS) $(ARCH_FLAGS) $(LDFLAGS)' sh tests/world/throw.sh
	$(WORLD_B)/memory
	$(WORLD_B)/quiet
	$(WORLD_B)/readonly
	$(WORLD_B)/settings $(SHARED)
	$(WORLD_B)/crowd
	LD_LIBRARY_PATH=$(B) $(WORLD_B)/twice $(WORLD_B)/plugin.so
	LD_LIBRARY_PATH=$(B) $(WORLD_B)/twice-exported $(WORLD_B)/plugin.so
	$(WORLD_B)/first

world-programs: $(WORLD_B)/memory

check-first-call: ## the first call by 16 threads at once, under the thread sanitizer; STARTS=10000
	+$(MAKE) --no-print-directory B='$(B)/first-call' CFLAGS='-O1 -g -fsanitize=thread' LDFLAGS= \
	    '$(B)/first-call/tests/world/first'
	TSAN_OPTIONS=halt_on_error=1 $(B)/first-call/tests/world/first $(STARTS)

check-stacks: ## 32-bit x86: callers whose stack is aligned to 4 bytes only
	$(call kernels_need,i686-linux-gnu-gcc,gcc-i686-linux-gnu)
	$(call kernels_build,kernels-i686,world/stacks,i686-linux-gnu-gcc,i686-linux-gnu-ar,-O2,-static)
	$(B)/kernels-i686/tests/world/stacks

check-settings-arm: ## aarch64: floating-point settings are as before, after each call
	$(call kernels_need,aarch64-linux-gnu-gcc,gcc-aarch64-linux-gnu)
	$(call kernels_need,qemu-aarch64,qemu-user)
	+$(MAKE) --no-print-directory B='$(B)/world-arm' CC=aarch64-linux-gnu-gcc AR=aarch64-linux-gnu-ar CFLAGS=-O1 \
	    LDFLAGS= shared '$(B)/world-arm/tests/world/settings'
	qemu-aarch64 -L /usr/aarch64-linux-gnu $(B)/world-arm/tests/world/settings $(B)/world-arm/$(notdir $(SHARED))

# These align the stack no further than that themselves.
$(WORLD_B)/low-%.o: tests/world/%.c $(B)/settings
	@mkdir -p $(@D)
	$(CC) $(TEST_CPPFLAGS) $(CFLAGS) $(TEST_CFLAGS) -mpreferred-stack-boundary=2 -mno-stackrealign -MMD -MP -c $< -o $@

$(WORLD_B)/stacks: $(addprefix $(WORLD_B)/low-,stacks.o work.o calls.o) $(STATIC)
	$(CC) $(CFLAGS) $(ARCH_FLAGS) $(LDFLAGS) $^ -o $@

-include $(wildcard $(WORLD_B)/*.d)

.PHONY: world-programs
