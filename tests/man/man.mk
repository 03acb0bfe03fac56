# SPDX-License-Identifier: MIT

CHECK_TARGETS += check-man

check-man: $(STATIC) ## the manual pages: markup, examples, and that they say what the header says (needs mandoc)
	@CC='$(CC)' CFLAGS='$(CPPFLAGS) $(CFLAGS) $(ARCH_FLAGS)' LDFLAGS='$(LDFLAGS)' \
	    sh tests/man/check.sh "$(B)/tests/man" "$(STATIC)"
