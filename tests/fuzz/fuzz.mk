# SPDX-License-Identifier: MIT
#
# Fuzzing: every target below is a file of its own, which makes calls of what the bytes of an input say, and looks at
# what they do beside a reference. corpus/TARGET.txt holds inputs that together reach all that was ever reached, and
# those that went wrong once, or are meant for something (packed.h says how).
#
#   make test-fuzz           each target with the inputs of its corpus, with any compiler; seconds
#   make check-fuzz-controls whether the targets notice errors that are put into src/ (controls.txt)
#   make fuzz                each target for FUZZ_SECONDS with libFuzzer (clang), address and undefined-behaviour
#                            sanitizers: from the corpus here and what earlier runs found, which is kept in
#                            $(FUZZ_FOUND)/TARGET. What was run is written behind the other lines of progress.txt.
#   make fuzz-merge          the smallest set of inputs that reaches all that the runs have reached, into corpus/
#   make fuzz-afl            the same targets with AFL++, from the corpus here
#   make fuzz-progress       what was run so far
#
# FUZZ_TARGETS='load rank' chooses some. An input that goes wrong is left in $(FUZZ_FOUND)/TARGET-crash-...; a program
# is given it as an argument to see it again: $(B)/fuzz/tests/fuzz/TARGET FILE. When that is mended, the file is renamed
# to regression-WHAT, and $(B)/tests/fuzz/pack regression-WHAT >> tests/fuzz/corpus/TARGET.txt keeps it.

TEST_TARGETS += test-fuzz
CHECK_TARGETS += check-fuzz-controls

FUZZ_ALL := api dlpack dtypes fit isas learn load methods rank report views
FUZZ_TARGETS := $(FUZZ_ALL)
FUZZ_SECONDS := 60
FUZZ_B := $(B)/tests/fuzz
FUZZ_FOUND := $(B)/fuzz-found
FUZZ_CORPUS := tests/fuzz/corpus
FUZZ_PROGRESS := tests/fuzz/progress.txt
FUZZ_PROGRAMS = $(FUZZ_TARGETS:%=$(FUZZ_B)/%)

# What calls LLVMFuzzerTestOneInput(): main.c, or with FUZZ_ENGINE a fuzzer's own.
FUZZ_ENGINE :=
FUZZ_MAIN := $(if $(FUZZ_ENGINE),,$(FUZZ_B)/main.o $(FUZZ_B)/packed.o)

# What a target is made of besides. The references are those of other tests, and no second ones.
FUZZ_NUMBER := $(B)/tests/kernels/number.o
FUZZ_ISAS := $(B)/tests/kernels/isas.o $(FUZZ_NUMBER)
FUZZ_FIELDS := $(B)/tests/methods/fields.o $(FUZZ_ISAS)
FUZZ_TASKS := task models values handle play sheet fields expect convert formulas orders forms real
FUZZ_GUARDED := $(B)/tests/kernels/guard.o $(FUZZ_ISAS)
FUZZ_OBJECTS_api := $(FUZZ_B)/session.o $(FUZZ_B)/state.o $(FUZZ_FIELDS)
FUZZ_OBJECTS_dlpack := $(FUZZ_NUMBER)
FUZZ_OBJECTS_dtypes := $(FUZZ_ISAS)
FUZZ_OBJECTS_fit := $(FUZZ_ISAS)
FUZZ_OBJECTS_views := $(FUZZ_NUMBER)
FUZZ_OBJECTS_isas := $(FUZZ_FIELDS)
FUZZ_OBJECTS_methods := $(FUZZ_B)/draws.o $(patsubst %,$(FUZZ_B)/drawn/%.o,judge verdict $(FUZZ_TASKS)) $(FUZZ_GUARDED)
FUZZ_OBJECTS_report := $(FUZZ_B)/draws.o $(patsubst %,$(FUZZ_B)/drawn/%.o,judge_report account account_models \
    account_without account_codes report_calls settled similar $(FUZZ_TASKS)) $(FUZZ_GUARDED)
FUZZ_OBJECTS_learn := $(FUZZ_B)/draws.o $(patsubst %,$(FUZZ_B)/lessons/%.o,judge_lesson lesson lesson_fill lesson_call \
    truth mark optimum likelihood check_fit answers check_convex check_greedy check_closed check_folds check_heat \
    check_score) $(FUZZ_B)/drawn/real.o $(FUZZ_GUARDED)
FUZZ_OBJECTS_rank := $(FUZZ_NUMBER) $(B)/tests/rank/model.o

$(FUZZ_B)/%.o: tests/fuzz/%.c $(B)/settings
	@mkdir -p $(@D)
	$(CC) -Itests/kernels -Itests/methods -Itests/rank $(TEST_CPPFLAGS) $(CFLAGS) $(TEST_CFLAGS) -MMD -MP -c $< -o $@

# The oracles of tests/methods and tests/learn, which draw from the input.
FUZZ_DRAWS := -Itests/fuzz -include tests/fuzz/draws.h
$(patsubst %,$(FUZZ_B)/%.o,methods report draws): TEST_CPPFLAGS += $(FUZZ_DRAWS)
$(FUZZ_B)/learn.o: TEST_CPPFLAGS += -Itests/learn $(FUZZ_DRAWS)
$(FUZZ_B)/drawn/%.o: tests/methods/%.c $(B)/settings
	@mkdir -p $(@D)
	$(CC) -Itests/kernels -Itests/methods $(FUZZ_DRAWS) $(TEST_CPPFLAGS) $(CFLAGS) $(TEST_CFLAGS) -MMD -MP -c $< -o $@

$(FUZZ_B)/lessons/%.o: tests/learn/%.c $(B)/settings
	@mkdir -p $(@D)
	$(CC) -Itests/kernels -Itests/methods $(FUZZ_DRAWS) $(TEST_CPPFLAGS) $(CFLAGS) $(TEST_CFLAGS) -MMD -MP -c $< -o $@

define fuzz_program
$(FUZZ_B)/$(1): $(FUZZ_B)/$(1).o $(FUZZ_OBJECTS_$(1)) $(FUZZ_MAIN) $(STATIC)
	$$(CC) $$(CFLAGS) $$(ARCH_FLAGS) $$(LDFLAGS) $$(FUZZ_ENGINE) $$^ -lm -o $$@
endef
$(foreach target,$(FUZZ_ALL),$(eval $(call fuzz_program,$(target))))

$(FUZZ_B)/pack: $(FUZZ_B)/pack.o $(FUZZ_B)/packed.o
	$(CC) $(CFLAGS) $(ARCH_FLAGS) $(LDFLAGS) $^ -o $@

fuzz-programs: $(FUZZ_PROGRAMS)

test-fuzz: fuzz-programs $(FUZZ_B)/pack ## the fuzz targets with the inputs that were kept
	@set -e; for target in $(FUZZ_TARGETS); do $(FUZZ_B)/$$target $(FUZZ_CORPUS)/$$target.txt; done
	@B='$(B)' CORPUS='$(FUZZ_CORPUS)' sh tests/fuzz/packed.sh

check-fuzz-controls: test-fuzz ## whether the fuzz targets notice errors in the library
	@CC='$(CC)' FLAGS='$(LIB_CPPFLAGS) $(CPPFLAGS) $(CFLAGS) $(TEST_CFLAGS) -fno-math-errno $(LDFLAGS)' B='$(B)' \
	    CORPUS='$(FUZZ_CORPUS)' STATIC='$(STATIC)' ISAS='$(ISAS)' TARGETS='$(FUZZ_ALL)' $(foreach target,$(FUZZ_ALL),\
	    OBJECTS_$(target)='$(FUZZ_B)/$(target).o $(FUZZ_OBJECTS_$(target)) $(FUZZ_MAIN)') sh tests/fuzz/controls.sh

# $(call fuzz_build,FOLDER,CC,CFLAGS,ENGINE): the programs, in a build directory of their own.
fuzz_build = +$(MAKE) --no-print-directory B='$(B)/$(1)' CC='$(2)' AR=ar CPPFLAGS= CFLAGS='$(3)' LDFLAGS= WERROR= \
    FUZZ_ENGINE='$(4)' FUZZ_TARGETS='$(FUZZ_TARGETS)' fuzz-programs
FUZZ_SANITIZE := -O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=all -fsanitize=address,undefined
FUZZ_RUN = +B='$(B)' TARGETS='$(FUZZ_TARGETS)' SECONDS_EACH='$(FUZZ_SECONDS)' FOUND='$(FUZZ_FOUND)' \
    CORPUS='$(FUZZ_CORPUS)' PROGRESS='$(FUZZ_PROGRESS)' sh tests/fuzz/run.sh

fuzz-build:
	$(call fuzz_build,fuzz,clang,$(FUZZ_SANITIZE) -fsanitize=fuzzer-no-link,-fsanitize=fuzzer)

fuzz: fuzz-build $(FUZZ_B)/pack ## each fuzz target for FUZZ_SECONDS=60 with libFuzzer
	@$(FUZZ_RUN) fuzz

fuzz-merge: fuzz-build $(FUZZ_B)/pack ## what the runs of make fuzz have found into the tree, as few inputs as can be
	@$(FUZZ_RUN) merge

fuzz-afl: $(FUZZ_B)/pack ## each fuzz target for FUZZ_SECONDS=60 with AFL++
	$(call fuzz_build,fuzz-afl,afl-clang-fast,-O1 -g,-fsanitize=fuzzer)
	@$(FUZZ_RUN) afl

fuzz-progress: ## how long each fuzz target has been run, and how often
	@$(FUZZ_RUN) progress

-include $(patsubst %,$(FUZZ_B)/%.d,$(FUZZ_ALL) main pack packed session state draws) \
    $(FUZZ_OBJECTS_methods:.o=.d) $(FUZZ_OBJECTS_report:.o=.d) $(FUZZ_OBJECTS_learn:.o=.d)

.PHONY: fuzz-programs fuzz-build fuzz fuzz-merge fuzz-afl fuzz-progress
