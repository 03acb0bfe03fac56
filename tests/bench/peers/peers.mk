# SPDX-License-Identifier: MIT
#
# The library beside other libraries and compilers; family.h says how they are kept apart. Whoever is not installed is
# left out, aloud; `sh tests/run bench-peers` installs them. CXX is for Eigen and oneDNN.

CXX ?= c++
PEERS_B := $(BENCH_B)/peers
PEERS_FLAGS := -O3 -march=native -fPIC -shared -Wall -Wextra
PEERS_C := -std=gnu11 -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wundef -Wvla \
    $(if $(WERROR),-Werror)
PEERS_SOURCES := $(addprefix tests/bench/peers/,main.c sums.c summary.c families.c numpy.c task.c neighbours.c \
    first.c steps.c through_ctypes.c methods.c learning.c script.c beside.c threads.c) \
    $(addprefix tests/bench/,pool.c cell.c coprocess.c data.c learn.c learn_data.c learn_python.c)
PEERS_HEADERS := $(wildcard tests/bench/peers/*.h) \
    $(addprefix tests/bench/,pool.h cell.h coprocess.h data.h learn.h learn_data.h learn_loops.h learn_python.h)
PEERS_OBJECTS := $(addprefix $(PEERS_B)/,line.o steps_loops.o steps_loops_fast.o) \
    $(addprefix $(BENCH_B)/,peers.o learn_loops.o learn_loops_fast.o)
PEERS_FAMILIES := $(patsubst %,$(PEERS_B)/%.so,loops_gcc loops_clang eigen openblas blis onednn)
PEERS_ALL := $(PEERS_B)/peers $(PEERS_FAMILIES) $(PEERS_B)/first_static $(PEERS_B)/first_shared $(SHARED_LINKS)

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

$(PEERS_B)/peers: $(PEERS_SOURCES) $(PEERS_HEADERS) $(PEERS_OBJECTS) $(STATIC)
	$(CC) $(TEST_CPPFLAGS) -DPEERS_LIBRARY='"$(SHARED)"' $(CFLAGS) $(TEST_CFLAGS) $(LDFLAGS) \
	    $(filter %.c %.o %.a,$^) -ldl -pthread -lm -o $@

# The processes of which the first combine is measured: bound lazily, as compilers do it if they are not told otherwise.
$(PEERS_B)/first_static: tests/bench/peers/first_child.c $(STATIC)
	@mkdir -p $(@D)
	$(CC) $(TEST_CPPFLAGS) $(CFLAGS) $(TEST_CFLAGS) $(LDFLAGS) $^ -o $@

$(PEERS_B)/first_shared: tests/bench/peers/first_child.c $(SHARED) $(SHARED_LINKS)
	@mkdir -p $(@D)
	$(CC) $(TEST_CPPFLAGS) $(CFLAGS) $(TEST_CFLAGS) $(LDFLAGS) -Wl,-z,lazy -Wl,-rpath,'$(abspath $(B))' \
	    $< $(SHARED) -o $@

# A part of it: BENCH="--sections first,python", BENCH="--types f32,f16-f32 --models 3 --lengths 1000 --all".
bench-peers: $(PEERS_ALL) ## speed beside BLAS, Eigen, oneDNN, NumPy, ...; BENCH="--sections sums --models 3"
	$< $(BENCH)

.PHONY: bench-peers
