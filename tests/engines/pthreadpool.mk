# SPDX-License-Identifier: MIT
#
# test-pthreadpool: a loop lent by pthreadpool (Debian: libpthreadpool-dev) gives the same bits on several threads.

ENGINE_TARGETS += test-pthreadpool

$(B)/tests/engines/pthreadpool: docs/examples/threads/pthreadpool.c include/ensemble.h $(STATIC) $(B)/settings
	@mkdir -p $(@D)
	$(CC) -Iinclude $(CPPFLAGS) $(CFLAGS) $(DEMO_CFLAGS) $(LDFLAGS) $(filter %.c %.a,$^) -lpthreadpool -pthread -o $@

test-pthreadpool: $(B)/tests/engines/pthreadpool
	$(B)/tests/engines/pthreadpool > $(B)/tests/engines/pthreadpool.txt
	sed '/^#/d' tests/engines/pthreadpool.txt | diff -u - $(B)/tests/engines/pthreadpool.txt
