# SPDX-License-Identifier: MIT
#
# test-xgboost: boosters of XGBoost combined where they lie. The example's table must show what an ensemble is for:
# less log loss than the best booster by itself, and no less accuracy. No figure is compared: XGBoost's are the same
# from run to run, but they go through the C library's exp, which is not the same on every processor.

ENGINE_TARGETS += test-xgboost

XGBOOST_EXAMPLE := docs/examples/xgboost
XGBOOST_FILES := $(addprefix $(XGBOOST_EXAMPLE)/,images.c images.h boosters.c boosters.h)

$(B)/examples/xgboost: $(XGBOOST_FILES) $(XGBOOST_EXAMPLE)/xgboost.c include/ensemble.h $(STATIC) $(B)/settings
	@mkdir -p $(@D)
	$(CC) -Iinclude $(CPPFLAGS) $(CFLAGS) $(TEST_CFLAGS) $(LDFLAGS) $(filter %.c %.a,$^) \
	    $$(pkg-config --cflags --libs xgboost) -lm -o $@

$(B)/tests/engines/xgboost: $(XGBOOST_FILES) tests/engines/xgboost.c include/ensemble.h $(STATIC) $(B)/settings
	@mkdir -p $(@D)
	$(CC) -Iinclude -I$(XGBOOST_EXAMPLE) $(CPPFLAGS) $(CFLAGS) $(TEST_CFLAGS) $(LDFLAGS) $(filter %.c %.a,$^) \
	    $$(pkg-config --cflags --libs xgboost) -lm -o $@

test-xgboost: $(B)/examples/xgboost $(B)/tests/engines/xgboost
	$(B)/tests/engines/xgboost docs/examples/digits
	$(B)/examples/xgboost docs/examples/digits > $(B)/tests/engines/xgboost.txt
	$(B)/examples/xgboost docs/examples/digits | diff -u $(B)/tests/engines/xgboost.txt -
	awk -f tests/engines/xgboost.awk $(B)/tests/engines/xgboost.txt
