# SPDX-License-Identifier: MIT
#
# check: every instruction set beside the portable one and beside independent references. golden: the same hashes on
# every machine and with every compiler. elementary: the errors of exp and log, for all floats. The checks on other
# processors run such programs, built for them, in an emulator; there, what takes long is sampled (--quick).

TEST_TARGETS += test-kernels
CHECK_TARGETS += check-elementary check-kernels-arm check-kernels-x86-old check-kernels-i686 check-kernels-flags

KERNELS_B := $(B)/tests/kernels
KERNELS_CHECK := $(patsubst %,$(KERNELS_B)/%.o,check spans trial elements rows soften orders sift panels turned \
    measures learn networks functions oracle conversions errors api job reference data guard report isas number)
KERNELS_ELEMENTARY := $(patsubst %,$(KERNELS_B)/%.o,elementary oracle report isas number)
KERNELS_GOLDEN := $(patsubst %,$(KERNELS_B)/%.o,golden hashes isas number)

$(KERNELS_B)/%.o: tests/kernels/%.c $(B)/settings
	@mkdir -p $(@D)
	$(CC) $(TEST_CPPFLAGS) $(CFLAGS) $(TEST_CFLAGS) -MMD -MP -c $< -o $@

# The sizes at which the walk takes another way, as -DWALK_STREAM_BYTES='(8u << 20)' and so on.
$(KERNELS_B)/job.o: src/plan/walk.c
$(KERNELS_B)/job.o: TEST_CPPFLAGS += $(shell sed -n \
    "s/^.define \(STREAM\|TILE\)_BYTES \(.*\)/-DWALK_\1_BYTES='(\2)'/p" src/plan/walk.c)

$(KERNELS_B)/check: $(KERNELS_CHECK) $(STATIC)
	$(CC) $(CFLAGS) $(ARCH_FLAGS) $(LDFLAGS) $^ -lm -o $@

$(KERNELS_B)/golden: $(KERNELS_GOLDEN) $(STATIC)
	$(CC) $(CFLAGS) $(ARCH_FLAGS) $(LDFLAGS) $^ -lm -o $@

$(KERNELS_B)/elementary: $(KERNELS_ELEMENTARY) $(STATIC)
	$(CC) $(CFLAGS) $(ARCH_FLAGS) $(LDFLAGS) $^ -lm -o $@

check-elementary: $(KERNELS_B)/elementary ## exp and log of all floats, of many doubles
	$(KERNELS_B)/elementary

kernels-programs: $(KERNELS_B)/check $(KERNELS_B)/golden

# AVX-512 is not in every machine: what is built and cannot run is said to be SKIPPED, which fails where CI is true,
# unless MAY_LACK names it.
KERNELS_MAY_LACK = $(or $(MAY_LACK),$(if $(filter true,$(CI)),none,any))

test-kernels: kernels-programs ## every instruction set of this machine, bit by bit
	$(KERNELS_B)/check
	$(KERNELS_B)/golden --every-but '$(KERNELS_MAY_LACK)'

# $(call kernels_need,TOOL,PACKAGE): ends a recipe whose tool is missing, and says where it is found.
kernels_need = @command -v $(1) > /dev/null || \
    { echo "FAILED: $@ needs $(1), which is in Debian's package $(2)" >&2; exit 1; }

# $(call kernels_build,FOLDER,PROGRAMS,CC,AR,CFLAGS,LDFLAGS): builds them (kernels/check, methods/oracle, ...) in a
# build directory of their own, with nothing that the user has set; warnings at other settings than the user's are no
# errors.
kernels_build = +$(MAKE) --no-print-directory B='$(B)/$(1)' CC='$(3)' AR='$(4)' CPPFLAGS= CFLAGS='$(5)' LDFLAGS='$(6)' \
    WERROR= $(2:%='$(B)/$(1)/tests/%')
KERNELS_HASHES := kernels/golden methods/golden_methods methods/golden_report learn/golden_fit rank/golden_rank
KERNELS_ALL := kernels/check methods/oracle methods/oracle_report learn/oracle rank/oracle $(KERNELS_HASHES)

# 64-bit Arm: without SVE, and with vectors of 128, 256, 512 and 2048 bits.
KERNELS_ARM := $(B)/kernels-arm/tests
KERNELS_SVE_BYTES := 16 32 64 256
check-kernels-arm: ## NEON and SVE, in an emulator
	$(call kernels_need,aarch64-linux-gnu-gcc,gcc-aarch64-linux-gnu)
	$(call kernels_need,qemu-aarch64,qemu-user)
	$(call kernels_build,kernels-arm,$(KERNELS_ALL),aarch64-linux-gnu-gcc,aarch64-linux-gnu-ar,-O2,-static)
	qemu-aarch64 -cpu cortex-a57 $(KERNELS_ARM)/kernels/golden --best neon
	qemu-aarch64 -cpu cortex-a57 $(KERNELS_ARM)/methods/golden_methods --best neon
	qemu-aarch64 -cpu cortex-a57 $(KERNELS_ARM)/methods/golden_report
	qemu-aarch64 -cpu cortex-a57 $(KERNELS_ARM)/learn/golden_fit
	qemu-aarch64 -cpu cortex-a57 $(KERNELS_ARM)/rank/golden_rank
	qemu-aarch64 -cpu cortex-a57 $(KERNELS_ARM)/methods/oracle --quick --count 100
	qemu-aarch64 -cpu cortex-a57 $(KERNELS_ARM)/methods/oracle_report --quick --count 30
	qemu-aarch64 -cpu cortex-a57 $(KERNELS_ARM)/learn/oracle --quick --count 34
	qemu-aarch64 -cpu cortex-a57 $(KERNELS_ARM)/rank/oracle --quick
	qemu-aarch64 -cpu cortex-a57 $(KERNELS_ARM)/kernels/check --quick --isa portable
	qemu-aarch64 -cpu max $(KERNELS_ARM)/kernels/check --quick --isa neon
	$(call kernels_build,kernels-arm-O3,$(KERNELS_HASHES),aarch64-linux-gnu-gcc,aarch64-linux-gnu-ar,-O3,-static)
	qemu-aarch64 -cpu max $(B)/kernels-arm-O3/tests/kernels/golden --best sve
	qemu-aarch64 -cpu max $(B)/kernels-arm-O3/tests/methods/golden_methods --best sve --isa sve
	qemu-aarch64 -cpu max $(B)/kernels-arm-O3/tests/methods/golden_report --isa sve
	qemu-aarch64 -cpu max $(B)/kernels-arm-O3/tests/learn/golden_fit --isa sve
	qemu-aarch64 -cpu max $(B)/kernels-arm-O3/tests/rank/golden_rank
	@set -e; for bytes in $(KERNELS_SVE_BYTES); do \
	    echo "SVE with vectors of $$bytes bytes"; \
	    qemu="qemu-aarch64 -cpu max,sve-default-vector-length=$$bytes"; \
	    $$qemu $(KERNELS_ARM)/kernels/golden --best sve --isa sve; \
	    $$qemu $(KERNELS_ARM)/methods/golden_methods --best sve --isa sve; \
	    $$qemu $(KERNELS_ARM)/methods/golden_report --isa sve; \
	    $$qemu $(KERNELS_ARM)/learn/golden_fit --isa sve; \
	    $$qemu $(KERNELS_ARM)/kernels/check --quick --isa sve; \
	done

# Processors that lack some of the instruction sets must get the best of those that they have. Nothing here has been
# compiled for the machine at hand, since the emulated ones are older. The full check runs on the oldest, which faults
# at any instruction beyond SSE3; AVX2 has to be checked on a real processor, since qemu 7.2 faults at pages that a
# masked load does not touch.
KERNELS_OLD_CPUS := Opteron_G1:sse2 Conroe:sse2 Penryn:sse2 Nehalem:sse2 SandyBridge:sse2 IvyBridge:sse2 \
    Haswell:avx2 EPYC:avx2
KERNELS_OLD := $(B)/kernels-x86-old/tests
check-kernels-x86-old: ## older x86 processors, in an emulator
	$(call kernels_need,gcc,gcc)
	$(call kernels_need,qemu-x86_64,qemu-user)
	$(call kernels_build,kernels-x86-old,$(KERNELS_ALL),gcc,ar,-O2,)
	@set -ex; for cpu in $(KERNELS_OLD_CPUS); do \
	    qemu-x86_64 -cpu $${cpu%:*} $(KERNELS_OLD)/kernels/golden --best $${cpu#*:}; \
	    qemu-x86_64 -cpu $${cpu%:*} $(KERNELS_OLD)/methods/golden_methods --best $${cpu#*:} --isa $${cpu#*:}; \
	done
	qemu-x86_64 -cpu Opteron_G1 $(KERNELS_OLD)/methods/golden_report
	qemu-x86_64 -cpu Opteron_G1 $(KERNELS_OLD)/learn/golden_fit
	qemu-x86_64 -cpu Opteron_G1 $(KERNELS_OLD)/rank/golden_rank
	qemu-x86_64 -cpu Opteron_G1 $(KERNELS_OLD)/kernels/check --quick
	qemu-x86_64 -cpu Opteron_G1 $(KERNELS_OLD)/methods/oracle --quick --count 100
	qemu-x86_64 -cpu Opteron_G1 $(KERNELS_OLD)/methods/oracle_report --quick --count 30
	qemu-x86_64 -cpu Opteron_G1 $(KERNELS_OLD)/learn/oracle --quick --count 34
	qemu-x86_64 -cpu Opteron_G1 $(KERNELS_OLD)/rank/oracle --quick

KERNELS_I686 := $(B)/kernels-i686/tests
check-kernels-i686: ## 32-bit x86, on this machine or in an emulator
	$(call kernels_need,i686-linux-gnu-gcc,gcc-i686-linux-gnu)
	$(call kernels_need,qemu-i386,qemu-user)
	$(call kernels_build,kernels-i686,$(KERNELS_ALL),i686-linux-gnu-gcc,i686-linux-gnu-ar,-O2,-static)
	@run=; $(KERNELS_I686)/kernels/golden > /dev/null 2>&1 || run='qemu-i386 -cpu max'; \
	set -ex; $$run $(KERNELS_I686)/kernels/golden; $$run $(KERNELS_I686)/methods/golden_methods; \
	$$run $(KERNELS_I686)/methods/golden_report; $$run $(KERNELS_I686)/kernels/check --quick; \
	$$run $(KERNELS_I686)/methods/oracle --quick; $$run $(KERNELS_I686)/methods/oracle_report --quick; \
	$$run $(KERNELS_I686)/learn/golden_fit; $$run $(KERNELS_I686)/learn/oracle --quick; \
	$$run $(KERNELS_I686)/rank/golden_rank; $$run $(KERNELS_I686)/rank/oracle --quick

# The bits must not depend on how the library was compiled.
# $(call kernels_flags,FOLDER,CC,AR,CFLAGS)
define kernels_flags
	$(call kernels_build,kernels-flags/$(1),$(KERNELS_HASHES),$(2),$(3),$(4),)
	$(B)/kernels-flags/$(1)/tests/kernels/golden
	$(B)/kernels-flags/$(1)/tests/methods/golden_methods
	$(B)/kernels-flags/$(1)/tests/methods/golden_report
	$(B)/kernels-flags/$(1)/tests/learn/golden_fit
	$(B)/kernels-flags/$(1)/tests/rank/golden_rank

endef
check-kernels-flags: ## the same bits from other optimisation levels and compilers
	$(call kernels_need,gcc,gcc)
	$(call kernels_need,clang,clang)
	$(call kernels_flags,gcc-O0,gcc,ar,-O0)
	$(call kernels_flags,gcc-O3,gcc,ar,-O3)
	$(call kernels_flags,gcc-lto,gcc,gcc-ar,-O2 -flto=auto)
	$(call kernels_flags,gcc-native,gcc,ar,-O3 -march=native)
	$(call kernels_flags,clang-O2,clang,ar,-O2)
	$(call kernels_flags,clang-native,clang,ar,-O3 -march=native)

-include $(KERNELS_CHECK:.o=.d) $(KERNELS_ELEMENTARY:.o=.d) $(KERNELS_GOLDEN:.o=.d)

.PHONY: kernels-programs
