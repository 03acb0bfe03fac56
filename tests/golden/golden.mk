# SPDX-License-Identifier: MIT
#
# The bits that docs/numerics.md promises, on processors whose kernels are the portable ones, by more compilers, and
# what the golden programs cover. golden.txt has their hashes; kernels.mk, methods.mk, learn.mk and rank.mk their rules.

GOLDEN_MACHINES := check-kernels-armhf check-kernels-riscv64 check-kernels-s390x check-kernels-ppc64le \
    check-kernels-ppc64
TEST_TARGETS += test-golden-covers
CHECK_TARGETS += $(GOLDEN_MACHINES) check-compilers

# $(call golden_machine,NAME,TRIPLE,QEMU): a build by Debian's cross compiler, warnings being errors; what its objects
# hold; the golden programs in an emulator, and a part of the oracles, each beside a model of its own.
define golden_machine
	$(call kernels_need,$(2)-gcc,gcc-$(2))
	$(call kernels_need,$(3),qemu-user)
	+MAKE='$(MAKE) AR=$(2)-ar WERROR=1' sh tests/abi/code.sh '$(B)/kernels-$(1)' $(2)-gcc
	+$(MAKE) -s --no-print-directory B='$(B)/kernels-$(1)' CC=$(2)-gcc AR=$(2)-ar CPPFLAGS= CFLAGS=-O2 LDFLAGS= \
	    WERROR=1 $(GOLDEN_PROGRAMS:%='$(B)/kernels-$(1)/tests/%')
	sh tests/golden/emulate.sh '$(B)/kernels-$(1)/tests' '$(3) -L /usr/$(2)'
endef
GOLDEN_PROGRAMS = $(KERNELS_HASHES) learn/oracle rank/oracle

check-kernels-armhf: ## 32-bit Arm with hardware floats: the golden hashes, in an emulator
	$(call golden_machine,armhf,arm-linux-gnueabihf,qemu-arm)

check-kernels-riscv64: ## 64-bit RISC-V: the golden hashes, in an emulator
	$(call golden_machine,riscv64,riscv64-linux-gnu,qemu-riscv64)

check-kernels-s390x: ## IBM Z, big-endian: the golden hashes, in an emulator
	$(call golden_machine,s390x,s390x-linux-gnu,qemu-s390x)

check-kernels-ppc64le: ## POWER, little-endian: the golden hashes, in an emulator
	$(call golden_machine,ppc64le,powerpc64le-linux-gnu,qemu-ppc64le)

check-kernels-ppc64: ## POWER, big-endian: the golden hashes, in an emulator
	$(call golden_machine,ppc64,powerpc64-linux-gnu,qemu-ppc64)

check-compilers: ## the golden hashes by every gcc and clang that is installed, and no warnings
	+@MAKE='$(MAKE)' sh tests/golden/compilers.sh '$(B)/compilers' $(KERNELS_HASHES)

# The golden programs once more, with each call of the library going through covers.c, which writes down what is asked.
GOLDEN_B := $(B)/tests/golden
GOLDEN_WRAPPED := $(shell sed -n 's/^WRAPPED.\(ensemble_[a-z_]*\),.*/\1/p' tests/golden/covers.c)
GOLDEN_COVERS := $(addprefix $(GOLDEN_B)/,golden_methods golden_report golden_fit golden_rank)

$(GOLDEN_B)/covers.o: tests/golden/covers.c $(B)/settings
	@mkdir -p $(@D)
	$(CC) $(TEST_CPPFLAGS) $(CFLAGS) $(TEST_CFLAGS) -MMD -MP -c $< -o $@

# $(call golden_link,OBJECTS): those of the golden program, which is there before this one.
golden_link = $(CC) $(CFLAGS) $(ARCH_FLAGS) $(LDFLAGS) $(GOLDEN_WRAPPED:%=-Wl,--wrap=%) $(1) $(GOLDEN_B)/covers.o \
    $(STATIC) -lm -o $@
$(GOLDEN_B)/golden_methods: $(B)/tests/methods/golden_methods $(GOLDEN_B)/covers.o
	$(call golden_link,$(METHODS_GOLDEN))
$(GOLDEN_B)/golden_report: $(B)/tests/methods/golden_report $(GOLDEN_B)/covers.o
	$(call golden_link,$(METHODS_GOLDEN_REPORT))
$(GOLDEN_B)/golden_fit: $(B)/tests/learn/golden_fit $(GOLDEN_B)/covers.o
	$(call golden_link,$(LEARN_GOLDEN))
$(GOLDEN_B)/golden_rank: $(B)/tests/rank/golden_rank $(GOLDEN_B)/covers.o
	$(call golden_link,$(RANK_GOLDEN))

test-golden-covers: $(GOLDEN_COVERS) ## the golden programs ask for every constant and field of the headers
	@sh tests/golden/covers.sh $(GOLDEN_COVERS)

-include $(GOLDEN_B)/covers.d
