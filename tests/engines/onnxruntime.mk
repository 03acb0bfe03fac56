# SPDX-License-Identifier: MIT
#
# test-onnxruntime: the operator of docs/examples/onnxruntime in sessions of ONNX Runtime. bench-onnxruntime: what it
# adds to a request, beside ONNX Runtime's own nodes.
#
# ONNX Runtime comes from the package that brings it to Node.js, of which only its shared library is taken. The models
# are made by Debian's python3-onnx.

ENGINE_TARGETS += test-onnxruntime

ORT_VERSION := 1.30.0
ORT_MACHINE = $(or $(patsubst aarch64,arm64,$(filter aarch64,$(1))),$(patsubst x86_64,x64,$(filter x86_64,$(1))))
ORT_PLACE := package/bin/napi-v6/linux/$(call ORT_MACHINE,$(firstword $(subst -, ,$(MACHINE))))
ORT := $(B)/tests/engines/onnxruntime-$(ORT_VERSION)/libonnxruntime.so.1

ORT_OPS := $(B)/examples/libensemble-onnxruntime.so
ORT_OPS_DIR := docs/examples/onnxruntime
ORT_MODELS := $(B)/tests/engines/onnx_models/cases.txt
ORT_CPPFLAGS := -Iinclude -I$(ORT_OPS_DIR) -Idocs/examples/demo

# Without --ignore-scripts, npm would also fetch what the package's scripts do.
$(ORT):
	@rm -rf $(@D)
	@mkdir -p $(@D)
	cd $(@D) && npm pack --loglevel=error --ignore-scripts onnxruntime-node@$(ORT_VERSION)
	tar -xzf $(@D)/onnxruntime-node-$(ORT_VERSION).tgz -C $(@D) --strip-components=5 $(ORT_PLACE)/$(@F)
	rm $(@D)/onnxruntime-node-$(ORT_VERSION).tgz
	touch $@

$(ORT_OPS): $(wildcard $(ORT_OPS_DIR)/*.[ch]) include/ensemble.h $(STATIC) $(B)/settings
	@mkdir -p $(@D)
	$(CC) -Iinclude $(CPPFLAGS) $(CFLAGS) $(DEMO_CFLAGS) -fPIC -fvisibility=hidden $(LDFLAGS) -shared \
	    -Wl,--exclude-libs,ALL -Wl,-z,nodelete -Wl,-z,defs $(filter %.c %.a,$^) -o $@

$(ORT_MODELS): tests/engines/onnx_models.py include/ensemble.h $(wildcard docs/examples/digits/*.npy)
	@mkdir -p $(@D)
	/usr/bin/python3 tests/engines/onnx_models.py $(@D) include/ensemble.h docs/examples/digits

$(B)/tests/engines/onnxruntime: $(addprefix tests/engines/,onnxruntime.c onnxruntime.h onnxruntime_pool.c ort.c ort.h \
    ort_cases.c ort_cases.h) $(ORT_OPS_DIR)/ort_slots.h docs/examples/demo/npy.c include/ensemble.h $(STATIC) \
    $(B)/settings
	@mkdir -p $(@D)
	$(CC) $(ORT_CPPFLAGS) $(CPPFLAGS) $(CFLAGS) $(TEST_CFLAGS) $(LDFLAGS) $(filter %.c %.a,$^) -pthread -ldl -lm -o $@

test-onnxruntime: $(B)/tests/engines/onnxruntime $(ORT) $(ORT_OPS) $(ORT_MODELS)
	$< $(ORT) $(ORT_OPS) $(dir $(ORT_MODELS)) docs/examples/digits

$(B)/tests/engines/onnxruntime_bench: $(addprefix tests/engines/,onnxruntime_bench.c ort.c ort.h) \
    $(ORT_OPS_DIR)/ort_slots.h $(B)/settings
	@mkdir -p $(@D)
	$(CC) $(ORT_CPPFLAGS) $(CPPFLAGS) $(CFLAGS) $(TEST_CFLAGS) $(LDFLAGS) $(filter %.c,$^) -pthread -ldl -lm -o $@

bench-onnxruntime: $(B)/tests/engines/onnxruntime_bench ## the operator for ONNX Runtime beside its own nodes
bench-onnxruntime: $(ORT) $(ORT_OPS) $(ORT_MODELS)
	$(B)/tests/engines/onnxruntime_bench $(ORT) $(ORT_OPS) $(dir $(ORT_MODELS)) $(BENCH_ARGS)

.PHONY: bench-onnxruntime
