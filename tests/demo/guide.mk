# SPDX-License-Identifier: MIT
#
# test-guide: the guide quotes programs that are built here, and shows what they print.

TEST_TARGETS += test-guide

GUIDE := $(B)/examples/guide
GUIDE_FILES := $(addprefix docs/examples/guide/,guide.c real.c small.c six.c guide.h real.h) \
    $(addprefix docs/examples/demo/,digits.c must.c npy.c digits.h must.h npy.h)

$(GUIDE): $(GUIDE_FILES) include/ensemble.h $(STATIC) $(B)/settings
	@mkdir -p $(@D)
	$(CC) -Iinclude -Idocs/examples/demo $(CPPFLAGS) $(CFLAGS) $(DEMO_CFLAGS) $(LDFLAGS) $(filter %.c %.a,$^) \
	    -lm -pthread -o $@

guide: $(GUIDE) ## what docs/guide.md shows
	$(GUIDE) docs/examples/digits

test-guide: $(GUIDE)
	@mkdir -p $(B)/tests/demo
	$(GUIDE) docs/examples/digits > $(B)/tests/demo/guide.txt
	sed '/^#/d' tests/demo/guide.txt | diff -u - $(B)/tests/demo/guide.txt
	@B='$(B)' sh tests/docs/quotes.sh docs/guide.md

.PHONY: guide
