// SPDX-License-Identifier: MIT
//
// libensemble from Go by cgo: go DIGITS RESULT. c.c says what it does.
//
// C may see Go's memory while a call lasts, but must not keep its address; nor may what it sees hold other addresses of
// Go's. So there are two ways. Outputs that are bound to a handle, whose addresses the library keeps, are copied into
// C's memory. And calls that are given their outputs take slices where they are; by structs, if these are made in C.
package main

/*
#include <ensemble.h>
#include <stdlib.h>

// quote: shim
enum { MODELS = 6, CLASSES = 10 };

// One call with its outputs, which are MODELS x rows x CLASSES values, and a report.
static int run(const struct ensemble *e, const float *outputs, size_t rows, float *result, int32_t *label,
               double *confidence, double *information)
{
    struct ensemble_output output[MODELS];
    struct ensemble_report report = {.struct_size = sizeof report, .rows = rows, .label = label,
                                     .confidence = confidence, .mutual_information = information};
    struct ensemble_call call = {.struct_size = sizeof call, .output_size = sizeof output[0], .outputs = output,
                                 .n_outputs = MODELS, .result = result, .result_count = rows * CLASSES,
                                 .dtype = ENSEMBLE_F32, .report = &report};

    for (size_t i = 0; i < MODELS; i++)
        output[i] = (struct ensemble_output){.data = outputs + i * rows * CLASSES, .rows = rows,
                                             .dtype = ENSEMBLE_F32};
    return ensemble_run(e, &call);
}
// quote: end
*/
import "C"

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"log"
	"os"
	"unsafe"
)

// quote: class

// Error is what a function of the library reports, in words.
type Error struct {
	Code  int
	Words string
}

func (e *Error) Error() string { return e.Words }

// Ensemble owns a handle, and the copies of the outputs that are bound to it. Close it.
type Ensemble struct {
	e      *C.struct_ensemble
	copies []unsafe.Pointer
}

// New makes an ensemble for outputs of so many values per row.
func New(width int) (*Ensemble, error) {
	e := &Ensemble{}
	if _, err := e.must(C.ensemble_create(&e.e, C.size_t(width))); err != nil {
		return nil, err
	}
	return e, nil
}

// Close frees what the ensemble owns.
func (e *Ensemble) Close() {
	C.ensemble_destroy(e.e)
	for _, memory := range e.copies {
		C.free(memory)
	}
	*e = Ensemble{}
}

// The index that a function returned, or its error, with the words of ensemble_check if they are of the same one.
func (e *Ensemble) must(code C.int) (int, error) {
	if code >= 0 {
		return int(code), nil
	}
	words := C.GoString(C.ensemble_strerror(code))
	var why [128]C.char
	if C.ensemble_check(e.e, &why[0], C.size_t(len(why))) == code {
		words += ": " + C.GoString(&why[0])
	}
	return 0, &Error{int(code), words}
}

// Add binds a copy of a model's output, and returns the model's index.
func (e *Ensemble) Add(output []float32) (int, error) {
	memory := C.malloc(C.size_t(len(output)) * C.sizeof_float)
	e.copies = append(e.copies, memory)
	copy(unsafe.Slice((*float32)(memory), len(output)), output)
	rows := C.size_t(len(output)) / C.ensemble_get_width(e.e)
	return e.must(C.ensemble_add_model_output(e.e, memory, C.ENSEMBLE_F32, rows))
}

// Weigh sets the models' weights.
func (e *Ensemble) Weigh(weights ...float64) error {
	_, err := e.must(C.ensemble_set_weights(e.e, (*C.double)(&weights[0]), C.size_t(len(weights))))
	return err
}

// Combine combines the outputs that are bound.
func (e *Ensemble) Combine(result []float32) error {
	_, err := e.must(C.ensemble_combine(e.e, unsafe.Pointer(&result[0]), C.ENSEMBLE_F32, C.size_t(len(result))))
	return err
}

// quote: end

func example() error {
	// quote: example
	y := make([]float32, 3)
	e, err := New(3)
	if err != nil {
		return err
	}
	defer e.Close()

	for _, output := range [][]float32{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}} {
		if _, err := e.Add(output); err != nil {
			return err
		}
	}
	if err := e.Weigh(.3, .4, .3); err != nil {
		return err
	}
	if err := e.Combine(y); err != nil {
		return err
	}
	// quote: end
	fmt.Println("example:", y[0], y[1], y[2])
	return nil
}

func failure() error {
	e, err := New(3)
	if err != nil {
		return err
	}
	defer e.Close()

	for rows := 1; rows <= 2; rows++ {
		if _, err := e.Add(make([]float32, 3*rows)); err != nil {
			return err
		}
	}
	var fault *Error
	if err := e.Combine(make([]float32, 3)); errors.As(err, &fault) {
		fmt.Printf("error %d: %v\n", fault.Code, fault)
	}
	return nil
}

// Reads the values of a .npy file, which begin behind its header of 128 bytes.
func load(values any, directory, name string) error {
	file, err := os.ReadFile(directory + "/" + name + ".test.npy")
	if err != nil {
		return err
	}
	return binary.Read(bytes.NewReader(file[128:]), binary.LittleEndian, values)
}

func digits(directory, resultFile string) error {
	const rows, size = 600, 600 * C.CLASSES
	var truth, label [rows]int32
	var said [C.MODELS * size]float32
	var mean [size]float32
	var confidence, information [rows]float64

	e, err := New(C.CLASSES)
	if err != nil {
		return err
	}
	defer e.Close()

	for i, name := range [C.MODELS]string{"logistic", "naive_bayes", "forest", "knn", "svm", "tree"} {
		if err := load(said[i*size:(i+1)*size], directory, name); err != nil {
			return err
		}
		model, err := e.must(C.ensemble_add_model_output(e.e, nil, C.ENSEMBLE_F32, 0)) // each call says where it is
		if err != nil {
			return err
		}
		if _, err := e.must(C.ensemble_set_input(e.e, C.size_t(model), C.ENSEMBLE_PROBABILITIES, 0)); err != nil {
			return err
		}
	}
	if err := load(truth[:], directory, "labels"); err != nil {
		return err
	}
	if _, err := e.must(C.ensemble_set_method(e.e, C.ENSEMBLE_MEAN)); err != nil {
		return err
	}
	if _, err := e.must(C.run(e.e, (*C.float)(&said[0]), rows, (*C.float)(&mean[0]), (*C.int32_t)(&label[0]),
		(*C.double)(&confidence[0]), (*C.double)(&information[0]))); err != nil {
		return err
	}

	var written bytes.Buffer
	if err := binary.Write(&written, binary.LittleEndian, mean); err != nil {
		return err
	}
	if err := os.WriteFile(resultFile, written.Bytes(), 0o666); err != nil {
		return err
	}
	right, most := 0, 0
	for row := range truth {
		if label[row] == truth[row] {
			right++
		}
		if information[row] > information[most] {
			most = row
		}
	}
	fmt.Printf("digits: %d of %d right\n", right, rows)
	fmt.Printf("report: row %d is a %d with %.6f, and the models disagree by %.6f\n", most, label[most],
		confidence[most], information[most])
	return nil
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: go DIGITS RESULT")
	}
	for _, part := range []func() error{example, failure, func() error { return digits(os.Args[1], os.Args[2]) }} {
		if err := part(); err != nil {
			log.Fatal(err)
		}
	}
}
