# SPDX-License-Identifier: MIT
#
# The worked examples, one for each field; `make FIELD` builds and runs one.
# test-example-FIELD: its program prints what docs/examples/FIELD/README.md shows, and tests/examples/FIELD.py, which
# computes that without the library, finds the same.
# check-example-FIELD: its data are what the script beside them makes.

FIELDS := images language recommenders speech
# What each program reads.
FIELD_DATA_images := docs/examples/digits
FIELD_DATA_language := docs/examples/language/pride.txt
FIELD_DATA_recommenders := docs/examples/recommenders
FIELD_DATA_speech := docs/examples/speech
FIELD_HELPERS := $(foreach name,digits must npy,docs/examples/demo/$(name).c docs/examples/demo/$(name).h)

TEST_TARGETS += $(addprefix test-example-,$(FIELDS))
CHECK_TARGETS += check-example-recommenders check-example-speech

define FIELD_rule
$(B)/examples/$(1): $(wildcard docs/examples/$(1)/*.[ch]) $(FIELD_HELPERS) $(HEADERS) $(STATIC) $(B)/settings
	@mkdir -p $$(@D)
	$$(CC) -Iinclude -Idocs/examples/demo $$(CPPFLAGS) $$(CFLAGS) $$(DEMO_CFLAGS) $$(LDFLAGS) \
	    $$(filter %.c %.a,$$^) -lm -o $$@
endef
$(foreach field,$(FIELDS),$(eval $(call FIELD_rule,$(field))))

images: ## six classifiers of images in service: prices, early stops, images for a person
language: ## seven models of the next character, mixed
recommenders: ## four recommenders of items, their lists fused
speech: ## six recognisers of words, fused by frame and by word
$(FIELDS): %: $(B)/examples/%
	$< $(FIELD_DATA_$@)

test-example-images test-example-language test-example-recommenders test-example-speech: test-example-%: $(B)/examples/%
	@B='$(B)' sh tests/docs/quotes.sh docs/examples/$*/README.md
	@mkdir -p $(B)/tests/examples
	@$< $(FIELD_DATA_$*) > $(B)/tests/examples/$*.txt
	@sh tests/examples/recompute.sh $* $(FIELD_DATA_$*) $(B)/tests/examples/$*.txt

check-example-recommenders check-example-speech: check-example-%: test-example-%
	@B='$(B)' sh tests/examples/$*.sh

.PHONY: $(FIELDS)
