# SPDX-License-Identifier: MIT
#
# The library from other languages: what docs/bindings.md shows. test-bindings: those that everyone has to be able to
# rely on, none of them skipped. check-bindings: all that are installed; `make check-bindings BINDINGS="go lua"` some.

CHECK_TARGETS += check-bindings

BINDINGS_FIRST := python_ctypes python_cffi node cpp rust
BINDINGS_RUN = B='$(B)' CC='$(CC)' CFLAGS='$(ARCH_FLAGS) $(CFLAGS)' LDFLAGS='$(LDFLAGS)' SHARED='$(SHARED)' \
    STATIC='$(STATIC)' sh tests/bindings/run.sh check

check-bindings: all ## the library from other languages, those that are installed; BINDINGS="..." for some of them
	@$(BINDINGS_RUN) $(BINDINGS)
	@sh tests/demo/quotes.sh docs/bindings.md

test-bindings: all ## the library from Python, JavaScript, C++ and Rust
	@$(BINDINGS_RUN) $(BINDINGS_FIRST)

# What is not of Debian: koffi, by which Node.js calls C. Without --ignore-scripts, npm would run what packages bring.
KOFFI_VERSION := 2.9.0
KOFFI := $(B)/tests/bindings/node_modules/koffi/package.json

bindings-npm: $(KOFFI)

$(KOFFI):
	@mkdir -p $(B)/tests/bindings
	npm install --loglevel=error --ignore-scripts --no-save --no-package-lock --prefix $(B)/tests/bindings \
	    koffi@$(KOFFI_VERSION)
	touch $@

deps-bindings: ## installs what check-bindings needs, from Debian (as root or with sudo) and by npm
	@+sh tests/run bindings-npm B='$(B)'

.PHONY: test-bindings bindings-npm deps-bindings
