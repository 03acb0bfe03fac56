# SPDX-License-Identifier: MIT
#
# The demo: what to look at first. It needs a C compiler and make, and nothing else.

DEMO := $(B)/examples/demo
DEMO_FILES := demo.c digits.c digits.h learn.c learn.h must.c must.h npy.c npy.h report.c report.h settled.c \
    settled.h
DEMO_CFLAGS := -std=c11 $(ARCH_FLAGS) $(WARNINGS)

$(DEMO): $(addprefix docs/examples/demo/,$(DEMO_FILES)) include/ensemble.h $(STATIC) $(B)/settings
	@mkdir -p $(@D)
	$(CC) -Iinclude $(CPPFLAGS) $(CFLAGS) $(DEMO_CFLAGS) $(LDFLAGS) $(filter %.c %.a,$^) -lm -o $@

demo: $(DEMO) ## six classifiers of digits: combined, reported on, stopped when settled, weighted, timed
	$(DEMO) docs/examples/digits

.PHONY: demo
