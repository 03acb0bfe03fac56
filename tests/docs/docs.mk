# SPDX-License-Identifier: MIT
#
# test-docs: what the documents say. Their code is compiled and run, the numbers that it prints are compared, and the
# names, files, commands and versions that they mention are there.

TEST_TARGETS += test-docs

# README.md and the header have no comments that say how their blocks are tried; hence the arguments.
test-docs: $(STATIC) ## code, numbers, names, files, commands and versions in the documents
	@mkdir -p $(B)/tests/docs
	@{ echo '```c'; sed -n '/^ \*     #include <ensemble.h>$$/,/^ \*     ensemble_destroy(e);$$/s/^ \*//p' \
	    include/ensemble.h; echo '```'; } > $(B)/tests/docs/header.md
	@export B='$(B)' CC='$(CC)' CFLAGS='$(CPPFLAGS) $(CFLAGS) $(ARCH_FLAGS)' LDFLAGS='$(LDFLAGS)' LIBRARY='$(STATIC)'; \
	set -e; \
	sh tests/demo/quotes.sh $(B)/tests/docs/header.md sum; \
	sh tests/demo/quotes.sh README.md sum fit; \
	for document in methods report learning threads; do sh tests/demo/quotes.sh docs/$$document.md; done
