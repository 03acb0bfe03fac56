# SPDX-License-Identifier: MIT
#
# check-machines: processors without an instruction set of their own, each built for by Debian's cross compiler and run
# in an emulator: the same hashes as everywhere, formulas beside their definitions, kernels beside their references.
# MACHINES="s390x ppc64" for some of them. Two have the highest byte first (s390x, ppc64), one has 32 bits (armhf).

CHECK_TARGETS += check-machines

MACHINES ?= armhf ppc64 ppc64le riscv64 s390x

# How Debian's compiler and its packages name it, and qemu.
MACHINE_armhf := arm-linux-gnueabihf armhf arm
MACHINE_ppc64 := powerpc64-linux-gnu ppc64 ppc64
MACHINE_ppc64le := powerpc64le-linux-gnu ppc64el ppc64le
MACHINE_riscv64 := riscv64-linux-gnu riscv64 riscv64
MACHINE_s390x := s390x-linux-gnu s390x s390x

check-machines: $(MACHINES:%=check-machine-%) ## armhf, ppc64, ppc64le, riscv64, s390x in an emulator, or MACHINES="..."

check-machine-armhf check-machine-ppc64 check-machine-ppc64le check-machine-riscv64 check-machine-s390x: \
    check-machine-%:
	@+MAKE='$(MAKE)' sh tests/machines/check.sh '$(B)/machines/$*' $* $(MACHINE_$*)
