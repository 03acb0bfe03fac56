# SPDX-License-Identifier: MIT
#
# test-docs: what the documents say. Their code is compiled and run, the numbers that it prints are compared, and the
# names, files, commands and versions that they mention are there.

TEST_TARGETS += test-docs

# README.md and the header have no comments that say how their blocks are tried; hence the arguments. The guide has a
# test of its own, test-guide. Of the examples, only some pages are held by this test; others have tests of their own.
test-docs: $(STATIC) ## code, numbers, names, files, commands and versions in the documents
	@mkdir -p $(B)/tests/docs
	@{ echo '```c'; sed -n '/^ \*     #include <ensemble.h>$$/,/^ \*     ensemble_destroy(e);$$/s/^ \*//p' \
	    include/ensemble.h; echo '```'; } > $(B)/tests/docs/header.md
	@export B='$(B)' CC='$(CC)' CFLAGS='$(CPPFLAGS) $(CFLAGS) $(ARCH_FLAGS) $(WARNINGS)' \
	    LDFLAGS='$(LDFLAGS)' LIBRARY='$(STATIC)'; \
	set -e; \
	sh tests/docs/quotes.sh $(B)/tests/docs/header.md sum; \
	sh tests/docs/quotes.sh README.md sum fit; \
	for document in $$(grep -lE '^(```|<!-- [^S])' docs/*.md | grep -v docs/guide.md) docs/examples/python/README.md; do \
	    sh tests/docs/quotes.sh $$document; done
	@for check in names errors files commands versions isas; do sh tests/docs/$$check.sh || exit 1; done

CHECK_TARGETS += test-without-make

test-without-make: ## what docs/building.md says of building without make
	@CC='$(CC)' ARCH_FLAGS='$(ARCH_FLAGS)' B='$(B)' sh tests/docs/without_make.sh
