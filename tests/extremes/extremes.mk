# SPDX-License-Identifier: MIT
#
# Sizes at the ends of their range, and every array of a call at a page that faults: on this machine, and where pointers
# have 32 bits.
#
# Other targets build the program with extremes-programs in a build directory of their own, and run it there; --isa NAME
# tries one instruction set only.

TEST_TARGETS += test-extremes
CHECK_TARGETS += check-extremes-i686

EXTREMES_B := $(B)/tests/extremes
EXTREMES := $(patsubst %,$(EXTREMES_B)/%.o,main world handles calls learning rankings pages within) \
    $(B)/tests/kernels/guard.o

$(EXTREMES_B)/%.o: tests/extremes/%.c $(B)/settings
	@mkdir -p $(@D)
	$(CC) -Itests/kernels $(TEST_CPPFLAGS) $(CFLAGS) $(TEST_CFLAGS) -MMD -MP -c $< -o $@

$(EXTREMES_B)/extremes: $(EXTREMES) $(STATIC)
	$(CC) $(CFLAGS) $(ARCH_FLAGS) $(LDFLAGS) -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc $^ -o $@

extremes-programs: $(EXTREMES_B)/extremes

test-extremes: extremes-programs ## sizes at the ends of their range; every array at a page that faults
	@sh tests/extremes/check.sh $(EXTREMES_B)/extremes

# It has its library in common with check-kernels-i686, and waits for that if both are to be made.
ifneq ($(filter check-all check-kernels-i686,$(MAKECMDGOALS)),)
check-extremes-i686: check-kernels-i686
endif
check-extremes-i686: ## the same where pointers have 32 bits, on this machine or in an emulator
	$(call kernels_need,i686-linux-gnu-gcc,gcc-i686-linux-gnu)
	$(call kernels_need,qemu-i386,qemu-user)
	$(call kernels_build,kernels-i686,extremes/extremes,i686-linux-gnu-gcc,i686-linux-gnu-ar,-O2,-static)
	@run=; $(B)/kernels-i686/tests/extremes/extremes --list > /dev/null 2>&1 || run='qemu-i386 -cpu max'; \
	sh tests/extremes/check.sh $(B)/kernels-i686/tests/extremes/extremes $$run

-include $(EXTREMES:.o=.d)

.PHONY: extremes-programs
