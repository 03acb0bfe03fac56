# SPDX-License-Identifier: MIT
#
# test-example-recommenders: docs/examples/recommenders prints what its README.md shows, and Python finds the same.
# check-example-recommenders: its files are what the script beside them makes.

TEST_TARGETS += test-example-recommenders
CHECK_TARGETS += check-example-recommenders

RECOMMENDERS := $(B)/examples/recommenders
RECOMMENDERS_DIR := docs/examples/recommenders
RECOMMENDERS_FILES := $(addprefix $(RECOMMENDERS_DIR)/,recommenders.c lists.c lists.h) \
    $(addprefix docs/examples/demo/,must.c npy.c must.h npy.h)

$(RECOMMENDERS): $(RECOMMENDERS_FILES) $(HEADERS) $(STATIC) $(B)/settings
	@mkdir -p $(@D)
	$(CC) -Iinclude -Idocs/examples/demo $(CPPFLAGS) $(CFLAGS) $(DEMO_CFLAGS) $(LDFLAGS) $(filter %.c %.a,$^) -lm -o $@

recommenders: $(RECOMMENDERS) ## four recommenders of items, their lists fused
	$(RECOMMENDERS) $(RECOMMENDERS_DIR)

test-example-recommenders: $(RECOMMENDERS)
	@B='$(B)' sh tests/docs/quotes.sh $(RECOMMENDERS_DIR)/README.md
	@mkdir -p $(B)/tests/examples
	@$(RECOMMENDERS) $(RECOMMENDERS_DIR) > $(B)/tests/examples/recommenders.txt
	@if /usr/bin/python3 -c 'import numpy' 2> /dev/null; then \
	    /usr/bin/python3 tests/examples/recommenders.py $(RECOMMENDERS_DIR) $(B)/tests/examples/recommenders.txt; \
	else echo 'SKIPPED: no NumPy; what the program prints is not computed in another way'; fi

check-example-recommenders: test-example-recommenders
	@B='$(B)' sh tests/examples/recommenders.sh

.PHONY: recommenders
