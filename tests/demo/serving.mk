# SPDX-License-Identifier: MIT
#
# test-serving: the toy server that docs/serving.md quotes does what it says.

TEST_TARGETS += test-serving

SERVING := $(B)/examples/serving
SERVING_SOURCE := docs/examples/serving/serving.c

$(SERVING): $(SERVING_SOURCE) include/ensemble.h $(STATIC) $(B)/settings
	@mkdir -p $(@D)
	$(CC) -Iinclude $(CPPFLAGS) $(CFLAGS) $(DEMO_CFLAGS) $(LDFLAGS) $(filter %.c %.a,$^) -pthread -o $@

test-serving: $(SERVING)
	@mkdir -p $(B)/tests/demo
	$(SERVING) > $(B)/tests/demo/serving.txt
	sed '/^#/d' tests/demo/serving.txt | diff -u - $(B)/tests/demo/serving.txt
