# SPDX-License-Identifier: MIT
#
# libensemble from R by .Call: Rscript r.R SHIM DIGITS RESULT. c.c says what it does; SHIM is what R CMD SHLIB makes of
# r.c.
#
# A matrix of R, rows x classes, lies in memory column after column, and C reads row after row: so it is transposed on
# its way. Indices of the library begin at 0.

options(warn = 2) # a warning ends the program, too

MEAN <- 1L
PROBABILITIES <- 1L

# quote: class
must <- function(value, e = NULL) {
  if (is.integer(value) && value < 0L) {
    words <- .Call(shim$words, e, value)
    stop(errorCondition(paste(words[words != ""], collapse = ": "), class = "ensemble_error", code = value))
  }
  value
}

ensemble <- function(width) must(.Call(shim$create, width))
add <- function(e, output) must(.Call(shim$add, e, if (is.raw(output)) output else as.double(t(output))), e)
set_weights <- function(e, weights) must(.Call(shim$set_weights, e, weights), e)
set_method <- function(e, method) must(.Call(shim$set_method, e, method), e)
set_input <- function(e, model, space) must(.Call(shim$set_input, e, model, space), e)
combine <- function(e, rows) t(must(.Call(shim$combine, e, rows), e))
run <- function(e, rows) must(.Call(shim$run, e, rows), e)
# quote: end

example <- function() {
  # quote: example
  e <- ensemble(3)
  add(e, rbind(c(1, 2, 3)))
  add(e, rbind(c(4, 5, 6)))
  add(e, rbind(c(7, 8, 9)))
  set_weights(e, c(.3, .4, .3))
  y <- combine(e, 1)
  # quote: end
  cat(sprintf("example: %s\n", paste(format(y), collapse = " ")))

  two_rows <- rbind(c(1, 2, 3), c(4, 5, 6))
  e <- ensemble(3)
  add(e, two_rows)
  stopifnot(combine(e, 2) == two_rows)
}

error <- function() {
  e <- ensemble(3)
  add(e, matrix(1, 1, 3))
  add(e, matrix(1, 2, 3))
  tryCatch(combine(e, 1), ensemble_error = function(error) {
    cat(sprintf("error %d: %s\n", error$code, conditionMessage(error)))
  })
}

# The bytes of a .npy file, behind its header of 128.
load_npy <- function(directory, name) {
  path <- file.path(directory, paste0(name, ".test.npy"))
  readBin(path, "raw", file.size(path))[-(1:128)]
}

digits <- function(directory, file) {
  truth <- readBin(load_npy(directory, "labels"), "integer", 600, size = 4)
  e <- ensemble(10)
  set_method(e, MEAN)
  for (name in c("logistic", "naive_bayes", "forest", "knn", "svm", "tree")) {
    set_input(e, add(e, load_npy(directory, name)), PROBABILITIES)
  }
  said <- run(e, length(truth))
  writeBin(said$result, file)

  row <- which.max(said$mutual_information)
  cat(sprintf("digits: %d of %d right\n", sum(said$label == truth), length(truth)))
  cat(sprintf("report: row %d is a %d with %.6f, and the models disagree by %.6f\n", row - 1L, said$label[row],
    said$confidence[row], said$mutual_information[row]))
}

arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments) != 3) stop("usage: Rscript r.R SHIM DIGITS RESULT")
shim <- getDLLRegisteredRoutines(dyn.load(arguments[1]))$.Call
example()
error()
digits(arguments[2], arguments[3])
