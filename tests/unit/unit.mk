# SPDX-License-Identifier: MIT
#
# Unit tests with cmocka: every test_*.c in this folder becomes a program of its own. A new file needs no change here.

UNIT_TESTS := $(sort $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/test_*.c)))
UNIT_PROGRAMS := $(UNIT_TESTS:%=$(B)/tests/unit/%)
TEST_TARGETS += test-unit

# Looked up when the first test is built, and only then.
CMOCKA = $(eval CMOCKA := $$(shell pkg-config --cflags --libs cmocka 2>/dev/null))$(or $(CMOCKA),$(error \
    The unit tests need cmocka and pkg-config (on Debian: the packages libcmocka-dev and pkg-config)))

# What one test is linked with besides: its own malloc() and free(), which the library's calls come to.
UNIT_WRAP := -Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc -Wl,--wrap=free
UNIT_LDFLAGS_test_const := $(UNIT_WRAP)
UNIT_LDFLAGS_test_errno := $(UNIT_WRAP)
UNIT_LDFLAGS_test_fuse_memory := $(UNIT_WRAP)
UNIT_LDFLAGS_test_save := $(UNIT_WRAP)

# Tests that compute what they expect with exp() and log(). The library must do without, so no other test has them.
UNIT_LDLIBS_test_spaces := -lm
UNIT_LDLIBS_test_result_forms := -lm
UNIT_LDLIBS_test_wide_rows := -lm
UNIT_LDLIBS_test_softmaxes := -lm
UNIT_LDLIBS_test_report_weights := -lm
UNIT_LDLIBS_test_report_models := -lm
UNIT_LDLIBS_test_report_fields := -lm
UNIT_LDLIBS_test_report_known := -lm
UNIT_LDLIBS_test_rare_ways := -lm
UNIT_LDLIBS_test_fuse_extremes := -lm
UNIT_LDLIBS_test_fit_accuracy := -lm
UNIT_LDLIBS_test_report_rows := -lm
UNIT_LDLIBS_test_report_classes := -lm
UNIT_LDLIBS_test_fit_bits := -lm
UNIT_LDLIBS_test_fit_calibrate := -lm
UNIT_LDLIBS_test_fit_closed := -lm
UNIT_LDLIBS_test_fit_convex := -lm
UNIT_LDLIBS_test_fit_deal := -lm
UNIT_LDLIBS_test_fit_degenerate := -lm
UNIT_LDLIBS_test_fit_ends := -lm
UNIT_LDLIBS_test_fit_far := -lm
UNIT_LDLIBS_test_fit_faults := -lm
UNIT_LDLIBS_test_fit_few := -lm
UNIT_LDLIBS_test_fit_greedy := -lm
UNIT_LDLIBS_test_fit_known := -lm
UNIT_LDLIBS_test_fit_more := -lm
UNIT_LDLIBS_test_fit_options := -lm
UNIT_LDLIBS_test_fit_sense := -lm
UNIT_LDLIBS_test_fit_shapes := -lm
UNIT_LDLIBS_test_fit_structs := -lm
UNIT_LDLIBS_test_fit_temperatures := -lm
UNIT_LDLIBS_test_score := -lm
UNIT_LDLIBS_test_score_more := -lm
UNIT_LDLIBS_test_update := -lm
UNIT_LDLIBS_test_update_faults := -lm

$(UNIT_PROGRAMS): $(B)/tests/unit/%: tests/unit/%.c tests/unit/unit.mk $(STATIC) $(B)/settings
	@mkdir -p $(@D)
	$(CC) $(TEST_CPPFLAGS) $(CFLAGS) $(TEST_CFLAGS) -pthread -MMD -MP -MF $@.d -MT $@ $< $(STATIC) \
	    $(LDFLAGS) $(UNIT_LDFLAGS_$*) $(CMOCKA) $(UNIT_LDLIBS_$*) -o $@

-include $(UNIT_PROGRAMS:=.d)

# cmocka's output is kept beside each program, and shown where a test failed. A program that ends badly although no test
# of it failed (a sanitizer's finding, or none of its closing lines) counts as one failure. Each program is a target of
# its own, so that as many run as make has jobs (-j); all of them run, whatever fails, and test-unit counts.
UNIT_RUNS := $(UNIT_TESTS:%=unit-run-%)
$(UNIT_RUNS): unit-run-%: $(B)/tests/unit/%
	@program=$<; \
	CMOCKA_MESSAGE_OUTPUT=STDOUT $$program > $$program.log 2>&1; status=$$?; \
	good=$$(sed -n 's/^\[  PASSED  \] \([0-9]*\) test.*/\1/p' $$program.log | tail -n 1); \
	bad=$$(sed -n 's/^\[  FAILED  \] \([0-9]*\) test.*/\1/p' $$program.log | tail -n 1); \
	if [ $$status -ne 0 ] || [ -z "$$good" ]; then [ "$${bad:-0}" -gt 0 ] || bad=1; fi; \
	echo "$${good:-0} $${bad:-0}" > $$program.count; \
	if [ "$${bad:-0}" -eq 0 ]; then \
	    printf '%-24s %3d passed\n' "$${program##*/}" "$$good"; \
	else \
	    cat $$program.log; \
	    printf '%-24s %3d passed, %d failed (exit status %d)\n' "$${program##*/}" "$${good:-0}" "$$bad" "$$status"; \
	fi

test-unit: $(UNIT_RUNS) ## unit tests of every source file (needs cmocka and pkg-config)
	@cat $(UNIT_PROGRAMS:=.count) | awk '{ passed += $$1; failed += $$2 } \
	    END { printf "unit: %d passed, %d failed\n", passed, failed; \
	          exit failed > 0 || passed == 0 || NR != $(words $(UNIT_RUNS)) }'

.PHONY: $(UNIT_RUNS)
