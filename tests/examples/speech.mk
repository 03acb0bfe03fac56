# SPDX-License-Identifier: MIT
#
# test-example-speech: docs/examples/speech prints what its README.md shows, and NumPy finds the same.
# check-example-speech: its files are what the script beside them makes, by espeak-ng.

TEST_TARGETS += test-example-speech
CHECK_TARGETS += check-example-speech

SPEECH := $(B)/examples/speech
SPEECH_FILES := $(addprefix docs/examples/speech/,speech.c heard.c heard.h) \
    $(addprefix docs/examples/demo/,must.c npy.c must.h npy.h)

$(SPEECH): $(SPEECH_FILES) include/ensemble.h $(STATIC) $(B)/settings
	@mkdir -p $(@D)
	$(CC) -Iinclude -Idocs/examples/demo $(CPPFLAGS) $(CFLAGS) $(DEMO_CFLAGS) $(LDFLAGS) $(filter %.c %.a,$^) -lm -o $@

speech: $(SPEECH) ## six recognisers of words, fused by frame and by word
	$(SPEECH) docs/examples/speech

test-example-speech: $(SPEECH)
	@B='$(B)' sh tests/docs/quotes.sh docs/examples/speech/README.md
	@mkdir -p $(B)/tests/examples
	@$(SPEECH) docs/examples/speech > $(B)/tests/examples/speech.txt
	@if /usr/bin/python3 -c 'import numpy' 2> /dev/null; then \
	    /usr/bin/python3 tests/examples/speech.py docs/examples/speech $(B)/tests/examples/speech.txt; \
	else echo 'SKIPPED: no NumPy; what the program prints is not computed in another way'; fi

check-example-speech: test-example-speech
	@B='$(B)' sh tests/examples/speech.sh

.PHONY: speech
