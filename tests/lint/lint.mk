# SPDX-License-Identifier: MIT
#
# What a script can check of the house rules (docs/architecture.md).

CHECK_TARGETS += lint

lint: $(STATIC) werror-gcc ## layers, sizes, names, links, stack; shellcheck, cppcheck, clang-tidy
	@B='$(B)' sh tests/lint/tree.sh
	@CC='$(CC)' sh tests/lint/names.sh "$(STATIC)" "$(B)/tests/lint"
	@sh tests/lint/stack.sh "$(WERROR_B)/gcc-O2" "$(B)/tests/stack"
	@sh tests/lint/tools.sh '$(SOURCES)' '$(LIB_CPPFLAGS)' $(foreach isa,$(ISAS),'$(isa) $(ISA_FLAGS_$(isa))')
