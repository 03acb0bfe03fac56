# SPDX-License-Identifier: MIT
#
# The library in a long-running process. soak: requests of every kind from several threads, while weights are replaced;
# reload: the shared library unloaded and loaded again. Some five seconds for a million requests and a thousand loads.
#
# Other targets build them with soak-programs in a build directory of their own, and run $(B)/tests/soak/soak there.

TEST_TARGETS += test-soak

SOAK_B := $(B)/tests/soak
SOAK_OBJECTS := $(patsubst %,$(SOAK_B)/%.o,soak worker request draw service truth publish lent counted)

$(SOAK_B)/%.o: tests/soak/%.c $(B)/settings
	@mkdir -p $(@D)
	$(CC) -Itests/kernels $(TEST_CPPFLAGS) $(CFLAGS) $(TEST_CFLAGS) -pthread -MMD -MP -c $< -o $@

$(SOAK_B)/soak: $(SOAK_OBJECTS) $(STATIC)
	$(CC) $(CFLAGS) $(ARCH_FLAGS) $(LDFLAGS) $(UNIT_WRAP) -pthread $^ -lm -o $@

$(SOAK_B)/reload: $(SOAK_B)/reload.o
	$(CC) $(CFLAGS) $(ARCH_FLAGS) $(LDFLAGS) -pthread $^ -ldl -o $@

soak-programs: $(SOAK_B)/soak $(SOAK_B)/reload

test-soak: soak-programs shared ## a million requests of a server while weights are replaced; a thousand loads
	$(SOAK_B)/soak --requests 1000000
	$(SOAK_B)/reload $(SHARED) --loads 1000

-include $(SOAK_OBJECTS:.o=.d) $(SOAK_B)/reload.d

.PHONY: soak-programs
