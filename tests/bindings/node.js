// SPDX-License-Identifier: MIT
//
// libensemble from Node.js by koffi: node.js LIBRARY DIGITS RESULT. c.c says what it does.
'use strict';

const fs = require('fs');
const koffi = require('koffi');

const [library, directory, resultFile] = process.argv.slice(2);
const [F32, F64, I32, MEAN, PROBABILITIES] = [1, 2, 5, 1, 1];

// quote: declare
const lib = koffi.load(library);

koffi.opaque('ensemble');
koffi.struct('ensemble_report', {
    struct_size: 'uint32_t', reserved: 'uint32_t', rows: 'size_t', width: 'size_t', models: 'size_t',
    label: 'int32_t *', confidence: 'double *', margin: 'double *', tied: 'uint8_t *', entropy: 'double *',
    mean_entropy: 'double *', mutual_information: 'double *', vote_disagreement: 'double *',
    variation_ratio: 'double *', conflict: 'double *', weight_present: 'double *', models_present: 'int32_t *',
    row_fault: 'int32_t *', settled: 'uint8_t *', variance: 'double *', contribution: 'double *',
    influence: 'double *', flips: 'uint8_t *', top: 'size_t', top_labels: 'int32_t *', top_values: 'double *',
});
koffi.struct('ensemble_call', {
    struct_size: 'uint32_t', output_size: 'uint32_t', outputs: 'void *', n_outputs: 'size_t', row_begin: 'size_t',
    row_count: 'size_t', result: 'void *', result_count: 'size_t', result_stride: 'size_t', workspace: 'void *',
    workspace_size: 'size_t', dtype: 'int32_t', reserved: 'int32_t', row_weights: 'float *',
    row_weights_count: 'size_t', report: 'ensemble_report *', parallel_for: 'void *', parallel_user: 'void *',
});

const create = lib.func('int ensemble_create(_Out_ ensemble **out, size_t width)');
const addModelOutput = lib.func(
    'int ensemble_add_model_output(ensemble *e, const void *output, int32_t dtype, size_t rows)');
const setWeights = lib.func('int ensemble_set_weights(ensemble *e, const double *weights, size_t n_models)');
const combine = lib.func('int ensemble_combine(const ensemble *e, void *result, int32_t dtype, size_t count)');
const destroy = lib.func('void ensemble_destroy(ensemble *e)');
const setMethod = lib.func('int ensemble_set_method(ensemble *e, int32_t method)');
const setInput = lib.func('int ensemble_set_input(ensemble *e, size_t model, int32_t space, double temperature)');
const run = lib.func('int ensemble_run(const ensemble *e, const ensemble_call *call)');
const check = lib.func('int ensemble_check(const ensemble *e, char *message, size_t size)');
const strerror = lib.func('const char *ensemble_strerror(int code)');
// quote: end

// quote: class
// The error of a code, in words; with those of ensemble_check(), if they are of the same error.
class EnsembleError extends Error {
    constructor(code, handle) {
        const why = Buffer.alloc(128);
        const same = check(handle, why, why.length) === code;
        super(strerror(code) + (same ? `: ${koffi.decode.string(why)}` : ''));
        this.code = code;
    }
}

// koffi passes an array of any type for any pointer; one that the library has no dtype for is a TypeError here.
const dtypes = new Map([[Float32Array, F32], [Float64Array, F64], [Int32Array, I32]]);
const dtype = (array) => dtypes.get(array.constructor);

class Ensemble {
    constructor(width) {
        const out = [null];
        this.must(create(out, width));
        this.handle = out[0];
        this.width = width;
        this.borrowed = []; // C reads the outputs where they are: they must not be collected before the last combine
    }

    // The index that a function returned, or an exception.
    must(code) {
        if (code < 0)
            throw new EnsembleError(code, this.handle);
        return code;
    }

    add(output) {
        this.borrowed.push(output);
        return this.must(addModelOutput(this.handle, output, dtype(output), output.length / this.width));
    }
    weigh(weights) { this.must(setWeights(this.handle, Float64Array.from(weights), weights.length)); }
    combine(result) { this.must(combine(this.handle, result, dtype(result), result.length)); }
    destroy() {
        destroy(this.handle);
        this.handle = null; // what is called with it now is ENSEMBLE_ENULL, not a crash
    }
}
// quote: end

function example() {
    // quote: example
    const y = new Float32Array(3);
    const e = new Ensemble(3);

    try {
        for (const output of [[1, 2, 3], [4, 5, 6], [7, 8, 9]])
            e.add(Float32Array.from(output));
        e.weigh([.3, .4, .3]);
        e.combine(y);
    } finally {
        e.destroy();
    }
    // quote: end
    console.log(`example: ${y.join(' ')}`);
}

function error() {
    const e = new Ensemble(3);

    try {
        e.add(Float32Array.of(1, 2, 3));
        e.add(Float32Array.of(1, 2, 3, 4, 5, 6));
        e.combine(new Float32Array(3));
    } catch (error) {
        if (!(error instanceof EnsembleError))
            throw error;
        console.log(`error ${error.code}: ${error.message}`);
    } finally {
        e.destroy();
    }
}

// The values of a .npy file, which begin behind its header of 128 bytes.
function load(Values, name) {
    return new Values(new Uint8Array(fs.readFileSync(`${directory}/${name}.test.npy`)).buffer, 128);
}

function digits() {
    const truth = load(Int32Array, 'labels');
    const rows = truth.length;
    const mean = new Float32Array(rows * 10);
    const label = new Int32Array(rows);
    const confidence = new Float64Array(rows);
    const mutual_information = new Float64Array(rows);
    const e = new Ensemble(10);

    try {
        for (const name of ['logistic', 'naive_bayes', 'forest', 'knn', 'svm', 'tree'])
            e.must(setInput(e.handle, e.add(load(Float32Array, name)), PROBABILITIES, 0));
        e.must(setMethod(e.handle, MEAN));
        e.must(run(e.handle, {
            struct_size: koffi.sizeof('ensemble_call'),
            result: mean,
            result_count: mean.length,
            dtype: dtype(mean),
            report: { struct_size: koffi.sizeof('ensemble_report'), rows, label, confidence, mutual_information },
        }));
    } finally {
        e.destroy();
    }

    fs.writeFileSync(resultFile, mean);
    const right = label.filter((digit, row) => digit === truth[row]).length;
    const row = mutual_information.indexOf(Math.max(...mutual_information));
    console.log(`digits: ${right} of ${rows} right`);
    console.log(`report: row ${row} is a ${label[row]} with ${confidence[row].toFixed(6)}, ` +
        `and the models disagree by ${mutual_information[row].toFixed(6)}`);
}

example();
error();
digits();
