# SPDX-License-Identifier: MIT
#
# The library beside other libraries and compilers; family.h says how they are kept apart. Whoever is not installed is
# left out, aloud; `sh tests/run bench-peers` installs them. CXX is for Eigen and oneDNN.

CXX ?= c++
PEERS_B := $(BENCH_B)/peers
PEERS_FLAGS := -O3 -march=native -fPIC -shared -Wall -Wextra
PEERS_C := -std=gnu11 -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wundef -Wvla \
    $(if $(WERROR),-Werror)
PEERS_SOURCES := $(addprefix tests/bench/peers/,main.c python.c steps.c summary.c task.c) \
    $(addprefix tests/bench/,cell.c coprocess.c data.c)
PEERS_HEADERS := $(addprefix tests/bench/peers/,family.h line.h python.h steps.h summary.h task.h) \
    $(addprefix tests/bench/,cell.h coprocess.h data.h)
PEERS_FAMILIES := $(patsubst %,$(PEERS_B)/%.so,loops_gcc loops_clang eigen openblas blis onednn)

# peers_build COMPILER, HEADER, LANGUAGE, ARGUMENTS: builds $@ if there is such a compiler and header.
peers_build = @mkdir -p $(@D); rm -f $@; \
    if printf '\043include <$(2)>\n' | $(1) -E -x $(3) $(4) -Wno-error - > /dev/null 2>&1; then \
        set -x; $(1) $(PEERS_FLAGS) $< $(4) -o $@; \
    fi
PEERS_OPENBLAS = $(shell pkg-config --cflags --libs openblas 2>/dev/null || echo -lopenblas)

$(PEERS_B)/loops_%.so: tests/bench/peers/loops.c tests/bench/peers/family.h tests/bench/peers/loops_shapes.h
	$(call peers_build,$*,stddef.h,c,$(PEERS_C))

$(PEERS_B)/eigen.so: tests/bench/peers/eigen.cpp tests/bench/peers/family.h
	$(call peers_build,$(CXX),Eigen/Core,c++,-std=c++17 -isystem /usr/include/eigen3)

$(PEERS_B)/onednn.so: tests/bench/peers/onednn.cpp tests/bench/peers/family.h
	$(call peers_build,$(CXX),oneapi/dnnl/dnnl.hpp,c++,-std=c++17 -fopenmp -ldnnl)

$(PEERS_B)/openblas.so: tests/bench/peers/blas.c tests/bench/peers/family.h
	$(call peers_build,$(CC),cblas.h,c,$(PEERS_C) $(PEERS_OPENBLAS))

$(PEERS_B)/blis.so: tests/bench/peers/blas.c tests/bench/peers/family.h
	$(call peers_build,$(CC),blis.h,c,-std=gnu11 -isystem /usr/include/blis -DWITH_BLIS -lblis)

$(PEERS_B)/line.o: tests/bench/peers/line.c tests/bench/peers/line.h tests/bench/peers/family.h $(B)/settings
	@mkdir -p $(@D)
	$(CC) $(TEST_CPPFLAGS) $(CFLAGS) $(WARNINGS) -O3 -march=native -c $< -o $@

$(PEERS_B)/steps_loops.o: tests/bench/peers/steps_loops.c tests/bench/peers/steps.h tests/bench/cell.h $(B)/settings
	@mkdir -p $(@D)
	$(CC) $(TEST_CPPFLAGS) $(CFLAGS) $(WARNINGS) -O3 -march=native -c $< -o $@

$(PEERS_B)/steps_loops_fast.o: tests/bench/peers/steps_loops.c tests/bench/peers/steps.h tests/bench/cell.h \
    $(B)/settings
	@mkdir -p $(@D)
	$(CC) $(TEST_CPPFLAGS) $(CFLAGS) $(WARNINGS) -O3 -march=native -ffast-math -DLOOPS_FAST -c $< -o $@

$(PEERS_B)/peers: $(PEERS_SOURCES) $(PEERS_HEADERS) $(addprefix $(PEERS_B)/,line.o steps_loops.o steps_loops_fast.o) \
    $(STATIC)
	$(CC) $(TEST_CPPFLAGS) $(CFLAGS) $(TEST_CFLAGS) $(LDFLAGS) $(filter %.c %.o %.a,$^) -ldl -lm -o $@

# A part of it: BENCH=--steps, or BENCH="--types f32,f16-f32 --models 3 --lengths 1000 --all".
bench-peers: $(PEERS_B)/peers $(PEERS_FAMILIES) ## speed beside BLAS, Eigen, oneDNN, NumPy, ...; BENCH="--models 3"
	$< $(BENCH)

.PHONY: bench-peers
