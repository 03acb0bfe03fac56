# SPDX-License-Identifier: MIT
#
# libensemble from Ruby by ffi: ruby.rb LIBRARY DIGITS RESULT. c.c says what it does.
require 'ffi'

LIBRARY, DIGITS, RESULT = ARGV

# quote: declare
module C
  extend FFI::Library
  ffi_lib LIBRARY
  F32 = 1
  MEAN = 1
  PROBABILITIES = 1

  class Report < FFI::Struct
    layout :struct_size, :uint32, :reserved, :uint32, :rows, :size_t, :width, :size_t, :models, :size_t,
           *%i[label confidence margin tied entropy mean_entropy mutual_information vote_disagreement variation_ratio
               conflict weight_present models_present row_fault settled variance contribution influence
               flips].flat_map { |name| [name, :pointer] },
           :top, :size_t, :top_labels, :pointer, :top_values, :pointer
  end

  class Call < FFI::Struct
    layout :struct_size, :uint32, :output_size, :uint32, :outputs, :pointer, :n_outputs, :size_t,
           :row_begin, :size_t, :row_count, :size_t,
           :result, :pointer, :result_count, :size_t, :result_stride, :size_t,
           :workspace, :pointer, :workspace_size, :size_t, :dtype, :int32, :reserved, :int32,
           :row_weights, :pointer, :row_weights_count, :size_t, :report, :pointer,
           :parallel_for, :pointer, :parallel_user, :pointer
  end

  attach_function :ensemble_create, %i[pointer size_t], :int
  attach_function :ensemble_add_model_output, %i[pointer pointer int32 size_t], :int
  attach_function :ensemble_set_weights, %i[pointer pointer size_t], :int
  attach_function :ensemble_set_method, %i[pointer int32], :int
  attach_function :ensemble_set_input, %i[pointer size_t int32 double], :int
  attach_function :ensemble_combine, %i[pointer pointer int32 size_t], :int
  attach_function :ensemble_run, %i[pointer pointer], :int
  attach_function :ensemble_check, %i[pointer pointer size_t], :int
  attach_function :ensemble_strerror, [:int], :string
  attach_function :ensemble_destroy, [:pointer], :void
end
# quote: end

# quote: class
class EnsembleError < StandardError
  attr_reader :code

  # In words; with those of ensemble_check(), if they are of the same error.
  def initialize(code, handle)
    @code = code
    why = FFI::MemoryPointer.new(:char, 128)
    same = C.ensemble_check(handle, why, why.size) == code
    super(C.ensemble_strerror(code) + (same ? ": #{why.read_string}" : ''))
  end
end

class Ensemble
  def initialize(width)
    out = FFI::MemoryPointer.new(:pointer)
    must(C.ensemble_create(out, width))
    @handle = FFI::AutoPointer.new(out.read_pointer, C.method(:ensemble_destroy))
    @width = width
    @outputs = [] # C reads the outputs where they are: they are kept, so that they are not collected before
  end

  def add(output)
    @outputs << output
    must(C.ensemble_add_model_output(@handle, output, C::F32, output.size / 4 / @width))
  end

  def weigh(weights)
    must(C.ensemble_set_weights(@handle, FFI::MemoryPointer.new(:double, weights.size).write_array_of_double(weights),
                                weights.size))
  end

  def combine(result)
    must(C.ensemble_combine(@handle, result, C::F32, result.size / 4))
  end

  # All others, by their names: call(:set_method, ...) is ensemble_set_method(e, ...).
  def call(name, *arguments)
    must(C.public_send("ensemble_#{name}", @handle, *arguments))
  end

  private

  def must(code)
    code.negative? ? raise(EnsembleError.new(code, @handle)) : code
  end
end
# quote: end

def floats(values)
  FFI::MemoryPointer.new(:float, values.size).write_array_of_float(values)
end

def example
  # quote: example
  y = FFI::MemoryPointer.new(:float, 3)
  e = Ensemble.new(3)

  [[1, 2, 3], [4, 5, 6], [7, 8, 9]].each { |output| e.add(floats(output)) }
  e.weigh([0.3, 0.4, 0.3])
  e.combine(y)
  # quote: end
  puts format('example: %g %g %g', *y.read_array_of_float(3))
end

def failure
  e = Ensemble.new(3)
  e.add(floats([1] * 3))
  e.add(floats([1] * 6))
  e.combine(FFI::MemoryPointer.new(:float, 3))
rescue EnsembleError => error
  puts "error #{error.code}: #{error.message}"
end

# The values of a .npy file, which begin behind its header of 128 bytes.
def load_values(name)
  bytes = File.binread("#{DIGITS}/#{name}.test.npy").byteslice(128..)
  FFI::MemoryPointer.new(:char, bytes.bytesize).put_bytes(0, bytes)
end

def digits
  labels = load_values('labels')
  rows = labels.size / 4
  truth = labels.read_array_of_int32(rows)
  e = Ensemble.new(10)
  %w[logistic naive_bayes forest knn svm tree].each do |name|
    e.call(:set_input, e.add(load_values(name)), C::PROBABILITIES, 0)
  end
  e.call(:set_method, C::MEAN)

  # Arrays have names of their own: what only a struct points to could be collected.
  mean = FFI::MemoryPointer.new(:float, rows * 10)
  label = FFI::MemoryPointer.new(:int32, rows)
  confidence, information = Array.new(2) { FFI::MemoryPointer.new(:double, rows) }
  report = C::Report.new
  { struct_size: C::Report.size, rows: rows, label: label, confidence: confidence,
    mutual_information: information }.each { |field, value| report[field] = value }
  call = C::Call.new
  { struct_size: C::Call.size, result: mean, result_count: rows * 10, dtype: C::F32,
    report: report.to_ptr }.each { |field, value| call[field] = value }
  e.call(:run, call)

  File.binwrite(RESULT, mean.read_bytes(mean.size))
  found = label.read_array_of_int32(rows)
  contested = information.read_array_of_double(rows)
  row = contested.each_with_index.max_by { |value, r| [value, -r] }.last
  puts "digits: #{found.zip(truth).count { |a, b| a == b }} of #{rows} right"
  puts format('report: row %d is a %d with %.6f, and the models disagree by %.6f', row, found[row],
              confidence.get_double(8 * row), contested[row])
end

example
failure
digits
