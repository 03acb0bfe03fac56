# SPDX-License-Identifier: MIT
#
# test-mpi: rows and models on several ranks of Open MPI, beside one process. The ranks are processes of this machine
# that speak through shared memory: no network and no ssh are needed, nor a core for each.

ENGINE_TARGETS += test-mpi

MPI_EXAMPLE := docs/examples/mpi
MPI_FILES := $(addprefix $(MPI_EXAMPLE)/,rows.c rows.h models.c models.h)
MPICC = OMPI_CC='$(CC)' mpicc
# As root, since containers have no other user; in two minutes or never; without copies between processes through the
# kernel, which containers forbid.
MPIRUN := OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_plm=isolated OMPI_MCA_btl=self,vader \
    OMPI_MCA_btl_vader_single_copy_mechanism=none OMPI_MCA_oob_tcp_if_include=lo OMPI_MCA_mpi_yield_when_idle=1 \
    OMPI_MCA_hwloc_base_binding_policy=none timeout 120 mpirun --oversubscribe

$(B)/examples/mpi: $(MPI_FILES) $(addprefix $(MPI_EXAMPLE)/,mpi.c times.c times.h) \
    $(addprefix docs/examples/demo/,npy.c npy.h) include/ensemble.h $(STATIC) $(B)/settings
	@mkdir -p $(@D)
	$(MPICC) -Iinclude -Idocs/examples/demo $(CPPFLAGS) $(CFLAGS) $(TEST_CFLAGS) $(LDFLAGS) $(filter %.c %.a,$^) \
	    -lm -pthread -o $@

$(B)/tests/engines/mpi: $(MPI_FILES) $(addprefix tests/engines/,mpi.c mpi_data.c mpi_data.h mpi_missing.c mpi_models.c \
    mpi_rows.c mpi_tests.h) include/ensemble.h $(STATIC) $(B)/settings
	@mkdir -p $(@D)
	$(MPICC) -Iinclude -I$(MPI_EXAMPLE) $(CPPFLAGS) $(CFLAGS) $(TEST_CFLAGS) $(LDFLAGS) $(filter %.c %.a,$^) -lm -o $@

# What the example prints of models depends on the order in which MPI adds, but for accuracies.
test-mpi: $(B)/examples/mpi $(B)/tests/engines/mpi
	for n in 1 2 3 4 7; do $(MPIRUN) -n $$n $(B)/tests/engines/mpi || exit; done
	$(MPIRUN) -n 4 $(B)/examples/mpi docs/examples/digits > $(B)/tests/engines/mpi.txt
	sed 's/, at most [0-9].[0-9]e-1[0-9] from one process$$//' $(B)/tests/engines/mpi.txt | sort > \
	    $(B)/tests/engines/mpi.sorted
	sed '/^#/d' tests/engines/mpi.expected | diff -u - $(B)/tests/engines/mpi.sorted
