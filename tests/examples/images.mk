# SPDX-License-Identifier: MIT
#
# test-example-images: docs/examples/images prints what its README.md shows, and NumPy finds the same.

TEST_TARGETS += test-example-images

IMAGES := $(B)/examples/images
IMAGES_FILES := docs/examples/images/images.c \
    $(addprefix docs/examples/demo/,digits.c must.c npy.c digits.h must.h npy.h)

$(IMAGES): $(IMAGES_FILES) include/ensemble.h $(STATIC) $(B)/settings
	@mkdir -p $(@D)
	$(CC) -Iinclude -Idocs/examples/demo $(CPPFLAGS) $(CFLAGS) $(DEMO_CFLAGS) $(LDFLAGS) $(filter %.c %.a,$^) -lm -o $@

images: $(IMAGES) ## six classifiers of images in service: prices, early stops, images for a person
	$(IMAGES) docs/examples/digits

test-example-images: $(IMAGES)
	@B='$(B)' sh tests/docs/quotes.sh docs/examples/images/README.md
	@mkdir -p $(B)/tests/examples
	@$(IMAGES) docs/examples/digits > $(B)/tests/examples/images.txt
	@if /usr/bin/python3 -c 'import numpy' 2> /dev/null; then \
	    /usr/bin/python3 tests/examples/images.py docs/examples/digits $(B)/tests/examples/images.txt; \
	else echo 'SKIPPED: no NumPy; what the program prints is not computed in another way'; fi

.PHONY: images
