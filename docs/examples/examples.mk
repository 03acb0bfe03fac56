# SPDX-License-Identifier: MIT
#
# The demo: what to look at first. It needs a C compiler and make, and nothing else.

DEMO := $(B)/examples/demo
DEMO_CFLAGS := -std=c11 $(ARCH_FLAGS) $(WARNINGS)

$(DEMO): $(addprefix docs/examples/demo/,demo.c npy.c npy.h) include/ensemble.h $(STATIC) $(B)/settings
	@mkdir -p $(@D)
	$(CC) -Iinclude $(CPPFLAGS) $(CFLAGS) $(DEMO_CFLAGS) $(LDFLAGS) $(filter %.c %.a,$^) -lm -o $@

demo: $(DEMO) ## three models, six classifiers of digits, and the time that combining them takes
	$(DEMO) docs/examples/digits

.PHONY: demo
