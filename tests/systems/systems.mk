# SPDX-License-Identifier: MIT
#
# Systems that the tests do not run on. Windows is tried under Wine; for macOS and the BSDs everything is compiled.

CHECK_TARGETS += check-mingw check-systems

MINGW_B := $(B)/mingw
MINGW := x86_64-w64-mingw32
MINGW_PROGRAMS := kernels/check methods/oracle methods/oracle_report learn/oracle rank/oracle kernels/golden \
    methods/golden_methods methods/golden_report learn/golden_fit rank/golden_rank

check-mingw: ## the library for 64-bit Windows, by mingw: exports, installation, and its tests under Wine
	$(call kernels_need,$(MINGW)-gcc,gcc-mingw-w64-x86-64)
	$(call kernels_need,wine,wine)
	+$(MAKE) --no-print-directory B='$(MINGW_B)' CC='$(MINGW)-gcc' AR='$(MINGW)-ar' CFLAGS=-O2 \
	    LDFLAGS='-static -pthread' WERROR= CPPFLAGS='-D__USE_MINGW_ANSI_STDIO=1' all \
	    $(MINGW_PROGRAMS:%='$(MINGW_B)/tests/%') '$(MINGW_B)/examples/demo' > '$(B)/mingw.log' 2>&1 || \
	    { cat '$(B)/mingw.log' >&2; exit 1; }
	@MAKE='$(MAKE)' MINGW='$(MINGW)' sh tests/systems/mingw.sh '$(MINGW_B)'

check-systems: ## the library compiles for macOS and the BSDs, and make would link it there as it has to
	$(call kernels_need,clang,clang)
	@MAKE='$(MAKE)' sh tests/systems/compile.sh '$(B)/systems'
