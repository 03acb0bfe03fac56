// SPDX-License-Identifier: MIT
//
// libensemble from Rust, with the standard library alone: rust DIGITS RESULT. c.c says what it does.

use std::ffi::CStr;
use std::marker::PhantomData;
use std::mem::{size_of, zeroed};
use std::os::raw::{c_char, c_int, c_void};
use std::{env, fmt, fs, ptr};

const F32: i32 = 1;
const MEAN: i32 = 1;
const PROBABILITIES: i32 = 1;

// quote: declare
#[repr(C)]
struct Handle {
    _opaque: [u8; 0],
}

#[repr(C)]
struct Report {
    struct_size: u32,
    reserved: u32,
    rows: usize,
    width: usize,
    models: usize,
    label: *mut i32,
    confidence: *mut f64,
    margin: *mut f64,
    tied: *mut u8,
    entropy: *mut f64,
    mean_entropy: *mut f64,
    mutual_information: *mut f64,
    vote_disagreement: *mut f64,
    variation_ratio: *mut f64,
    conflict: *mut f64,
    weight_present: *mut f64,
    models_present: *mut i32,
    row_fault: *mut i32,
    settled: *mut u8,
    variance: *mut f64,
    contribution: *mut f64,
    influence: *mut f64,
    flips: *mut u8,
    top: usize,
    top_labels: *mut i32,
    top_values: *mut f64,
}

#[repr(C)]
struct Call {
    struct_size: u32,
    output_size: u32,
    outputs: *const c_void,
    n_outputs: usize,
    row_begin: usize,
    row_count: usize,
    result: *mut c_void,
    result_count: usize,
    result_stride: usize,
    workspace: *mut c_void,
    workspace_size: usize,
    dtype: i32,
    reserved: i32,
    row_weights: *const f32,
    row_weights_count: usize,
    report: *const Report,
    parallel_for: *const c_void,
    parallel_user: *mut c_void,
}

#[link(name = "ensemble")]
extern "C" {
    fn ensemble_create(out: *mut *mut Handle, width: usize) -> c_int;
    fn ensemble_add_model_output(
        e: *mut Handle,
        output: *const c_void,
        dtype: i32,
        rows: usize,
    ) -> c_int;
    fn ensemble_set_weights(e: *mut Handle, weights: *const f64, n_models: usize) -> c_int;
    fn ensemble_combine(e: *const Handle, result: *mut c_void, dtype: i32, count: usize) -> c_int;
    fn ensemble_destroy(e: *mut Handle);
    fn ensemble_set_method(e: *mut Handle, method: i32) -> c_int;
    fn ensemble_set_input(e: *mut Handle, model: usize, space: i32, temperature: f64) -> c_int;
    fn ensemble_run(e: *const Handle, call: *const Call) -> c_int;
    fn ensemble_get_width(e: *const Handle) -> usize;
    fn ensemble_check(e: *const Handle, message: *mut c_char, size: usize) -> c_int;
    fn ensemble_strerror(code: c_int) -> *const c_char;
}
// quote: end

// quote: class
#[derive(Debug)]
struct Error {
    code: c_int,
    words: String,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl std::error::Error for Error {}

/// An ensemble whose outputs live at least as long as it: the compiler refuses one that could be freed before.
struct Ensemble<'a> {
    e: *mut Handle,
    outputs: PhantomData<&'a [f32]>,
}

// One thread changes a handle, any number of them combine, and which ones they are does not matter.
unsafe impl Send for Ensemble<'_> {}
unsafe impl Sync for Ensemble<'_> {}

impl Drop for Ensemble<'_> {
    fn drop(&mut self) {
        unsafe { ensemble_destroy(self.e) }
    }
}

impl<'a> Ensemble<'a> {
    fn new(width: usize) -> Result<Self, Error> {
        let mut new = Ensemble {
            e: ptr::null_mut(),
            outputs: PhantomData,
        };
        let code = unsafe { ensemble_create(&mut new.e, width) };
        new.must(code)?;
        Ok(new)
    }

    /// The index that a function returned, or its error in words; with those of ensemble_check(), if they are of it.
    fn must(&self, code: c_int) -> Result<usize, Error> {
        if code >= 0 {
            return Ok(code as usize);
        }
        let mut why = [0; 128];
        let text = |chars| unsafe { CStr::from_ptr(chars) }.to_string_lossy();
        let mut words = text(unsafe { ensemble_strerror(code) }).into_owned();
        if unsafe { ensemble_check(self.e, why.as_mut_ptr(), why.len()) } == code {
            words = format!("{}: {}", words, text(why.as_ptr()));
        }
        Err(Error { code, words })
    }

    fn add(&mut self, output: &'a [f32]) -> Result<usize, Error> {
        let rows = output.len() / unsafe { ensemble_get_width(self.e) };
        self.must(unsafe { ensemble_add_model_output(self.e, output.as_ptr().cast(), F32, rows) })
    }

    fn weigh(&mut self, weights: &[f64]) -> Result<(), Error> {
        self.must(unsafe { ensemble_set_weights(self.e, weights.as_ptr(), weights.len()) })
            .map(|_| ())
    }

    fn combine(&self, result: &mut [f32]) -> Result<(), Error> {
        self.must(unsafe {
            ensemble_combine(self.e, result.as_mut_ptr().cast(), F32, result.len())
        })
        .map(|_| ())
    }
}
// quote: end

fn example() -> Result<(), Error> {
    // quote: example
    let (a, b, c) = ([1., 2., 3.], [4., 5., 6.], [7., 8., 9.]);
    let mut y = [0.; 3];
    let mut e = Ensemble::new(3)?;

    e.add(&a)?;
    e.add(&b)?;
    e.add(&c)?;
    e.weigh(&[0.3, 0.4, 0.3])?;
    e.combine(&mut y)?;
    // quote: end
    println!("example: {} {} {}", y[0], y[1], y[2]);
    Ok(())
}

fn error() -> Result<(), Error> {
    let (one_row, two_rows, mut y) = ([1.; 3], [1.; 6], [0.; 3]);
    let mut e = Ensemble::new(3)?;

    e.add(&one_row)?;
    e.add(&two_rows)?;
    if let Err(error) = e.combine(&mut y) {
        println!("error {}: {}", error.code, error);
    }
    Ok(())
}

/// The mean of probabilities, and of each row the label, how sure it is, and how much the models contradict each other.
/// The arrays of the report state their lengths, which the library checks, by the shortest of them.
fn mean_with_report(
    e: &Ensemble,
    mean: &mut [f32],
    label: &mut [i32],
    confidence: &mut [f64],
    information: &mut [f64],
) -> Result<(), Error> {
    let report = Report {
        struct_size: size_of::<Report>() as u32,
        rows: label.len().min(confidence.len()).min(information.len()),
        label: label.as_mut_ptr(),
        confidence: confidence.as_mut_ptr(),
        mutual_information: information.as_mut_ptr(),
        ..unsafe { zeroed() }
    };
    let call = Call {
        struct_size: size_of::<Call>() as u32,
        result: mean.as_mut_ptr().cast(),
        result_count: mean.len(),
        dtype: F32,
        report: &report,
        ..unsafe { zeroed() }
    };
    e.must(unsafe { ensemble_run(e.e, &call) }).map(|_| ())
}

/// The values of a .npy file, which begin behind its header of 128 bytes, in four bytes each.
fn load<T>(directory: &str, name: &str, value: fn([u8; 4]) -> T) -> Result<Vec<T>, String> {
    let path = format!("{}/{}.test.npy", directory, name);
    let bytes = fs::read(&path).map_err(|error| format!("{}: {}", path, error))?;
    Ok(bytes[128..]
        .chunks_exact(4)
        .map(|four| value([four[0], four[1], four[2], four[3]]))
        .collect())
}

fn digits(directory: &str, result: &str) -> Result<(), Box<dyn std::error::Error>> {
    let truth = load(directory, "labels", i32::from_ne_bytes)?;
    let said = ["logistic", "naive_bayes", "forest", "knn", "svm", "tree"]
        .iter()
        .map(|name| load(directory, name, f32::from_ne_bytes))
        .collect::<Result<Vec<_>, _>>()?;
    let rows = truth.len();
    let (mut mean, mut label) = (vec![0.; rows * 10], vec![0; rows]);
    let (mut confidence, mut information) = (vec![0.; rows], vec![0.; rows]);
    let mut e = Ensemble::new(10)?;

    for output in &said {
        let model = e.add(output)?;
        e.must(unsafe { ensemble_set_input(e.e, model, PROBABILITIES, 0.) })?;
    }
    e.must(unsafe { ensemble_set_method(e.e, MEAN) })?;
    mean_with_report(&e, &mut mean, &mut label, &mut confidence, &mut information)?;

    fs::write(
        result,
        mean.iter()
            .flat_map(|value: &f32| value.to_ne_bytes())
            .collect::<Vec<u8>>(),
    )?;
    let right = label.iter().zip(&truth).filter(|(a, b)| a == b).count();
    let row = (1..rows).fold(0, |most, row| {
        if information[row] > information[most] {
            row
        } else {
            most
        }
    });
    println!("digits: {} of {} right", right, rows);
    println!(
        "report: row {} is a {} with {:.6}, and the models disagree by {:.6}",
        row, label[row], confidence[row], information[row]
    );
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();

    example()?;
    error()?;
    match arguments.as_slice() {
        [directory, result] => digits(directory, result),
        _ => Err("usage: rust DIGITS RESULT".into()),
    }
}
