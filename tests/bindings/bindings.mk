# SPDX-License-Identifier: MIT
#
# The library from other languages: what docs/bindings.md shows. test-bindings: those that everyone has to be able to
# rely on, none of them skipped. check-bindings: all that are installed; `make check-bindings BINDINGS="go lua"` some.

CHECK_TARGETS += check-bindings

BINDINGS_FIRST := python_ctypes python_cffi node cpp rust
BINDINGS_RUN = B='$(B)' CC='$(CC)' CFLAGS='$(ARCH_FLAGS) $(CFLAGS)' LDFLAGS='$(LDFLAGS)' SHARED='$(SHARED)' \
    STATIC='$(STATIC)' sh tests/bindings/run.sh check

# What is not of Debian: koffi, by which Node.js calls C. Without --ignore-scripts, npm would run what packages bring.
# The compiled part is a package of its own, among koffi's optional dependencies.
KOFFI_VERSION := 3.3.4
KOFFI_PREFIX := $(B)/tests/bindings
KOFFI := $(KOFFI_PREFIX)/node_modules/.koffi-$(KOFFI_VERSION)

check-bindings: all ## the library from other languages, those that are installed; BINDINGS="..." for some of them
	@$(BINDINGS_RUN) $(BINDINGS)

test-bindings: all $(KOFFI) ## the library from Python, JavaScript, C++ and Rust
	@$(BINDINGS_RUN) $(BINDINGS_FIRST)

bindings-npm: $(KOFFI)

$(KOFFI):
	@rm -rf $(KOFFI_PREFIX)/node_modules
	@mkdir -p $(KOFFI_PREFIX)
	npm install --loglevel=error --ignore-scripts --no-audit --no-fund --no-save --no-package-lock \
	    --prefix $(KOFFI_PREFIX) --cache $(KOFFI_PREFIX)/npm koffi@$(KOFFI_VERSION) || \
	    { echo 'FAILED: npm does not bring koffi; is there npm, and a network?' >&2; exit 1; }
	touch $@

deps-bindings: ## installs what check-bindings needs, from Debian (as root or with sudo) and by npm
	@+sh tests/run bindings-npm B='$(B)'

.PHONY: test-bindings bindings-npm deps-bindings
