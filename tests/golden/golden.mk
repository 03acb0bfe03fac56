# SPDX-License-Identifier: MIT
#
# golden.txt has the hashes of all golden programs, whose rules are in kernels.mk, methods.mk, learn.mk and rank.mk.
# Here: whether these programs cover the headers, and the same hashes by more compilers.

CHECK_TARGETS += check-golden-covers check-compilers

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

check-golden-covers: $(GOLDEN_COVERS) ## the golden programs ask for every constant and field of the headers
	@sh tests/golden/covers.sh $(GOLDEN_COVERS)

-include $(GOLDEN_B)/covers.d
