/* SPDX-License-Identifier: MIT */
/*
 * What R's .Call() needs of C: a handle as an external pointer, which R's collector frees, and registered routines.
 * They return a negative code where the library did, and r.R makes a condition with a class of it.
 */
#include <ensemble.h>

#define R_NO_REMAP
#include <R.h>
#include <R_ext/Rdynload.h>
#include <Rinternals.h>

/* An address does not outlive its process: R saves and loads it as NULL. */
static struct ensemble *of(SEXP handle)
{
    if (TYPEOF(handle) != EXTPTRSXP || R_ExternalPtrTag(handle) != Rf_install("ensemble"))
        Rf_error("this is no ensemble");
    if (R_ExternalPtrAddr(handle) == NULL)
        Rf_error("the ensemble is one of another session");
    return R_ExternalPtrAddr(handle);
}

/* quote: handle */
static void finish(SEXP handle)
{
    ensemble_destroy(R_ExternalPtrAddr(handle));
    R_ClearExternalPtr(handle);
}

static SEXP create(SEXP width)
{
    SEXP handle = PROTECT(R_MakeExternalPtr(NULL, Rf_install("ensemble"), R_NilValue));
    struct ensemble *e = NULL;
    int code;

    R_RegisterCFinalizerEx(handle, finish, TRUE);
    code = ensemble_create(&e, (size_t)Rf_asInteger(width));
    R_SetExternalPtrAddr(handle, e);
    UNPROTECT(1);
    return code < 0 ? Rf_ScalarInteger(code) : handle;
}

/*
 * The output is of doubles, or the bytes of floats, a type that R does not have. It is borrowed: while there is the
 * handle, the collector has to keep it, and R has to copy it where the program changes it.
 */
static SEXP add(SEXP handle, SEXP output)
{
    struct ensemble *e = of(handle);
    const int bytes = TYPEOF(output) == RAWSXP;
    const void *data = bytes ? (const void *)RAW(output) : (const void *)REAL(output);
    const size_t row = ensemble_get_width(e) * (bytes ? sizeof(float) : 1);

    MARK_NOT_MUTABLE(output);
    R_SetExternalPtrProtected(handle, Rf_cons(output, R_ExternalPtrProtected(handle)));
    return Rf_ScalarInteger(
        ensemble_add_model_output(e, data, bytes ? ENSEMBLE_F32 : ENSEMBLE_F64, (size_t)XLENGTH(output) / row));
}
/* quote: end */

static SEXP set_weights(SEXP handle, SEXP weights)
{
    return Rf_ScalarInteger(ensemble_set_weights(of(handle), REAL(weights), (size_t)XLENGTH(weights)));
}

static SEXP set_method(SEXP handle, SEXP method)
{
    return Rf_ScalarInteger(ensemble_set_method(of(handle), Rf_asInteger(method)));
}

static SEXP set_input(SEXP handle, SEXP model, SEXP space)
{
    return Rf_ScalarInteger(ensemble_set_input(of(handle), (size_t)Rf_asInteger(model), Rf_asInteger(space), 0));
}

/* The first index of a matrix of R is the fastest: what C has as rows x width, R has as width x rows. */
static SEXP combine(SEXP handle, SEXP rows)
{
    struct ensemble *e = of(handle);
    SEXP result = PROTECT(Rf_allocMatrix(REALSXP, (int)ensemble_get_width(e), Rf_asInteger(rows)));
    const int code = ensemble_combine(e, REAL(result), ENSEMBLE_F64, (size_t)XLENGTH(result));

    UNPROTECT(1);
    return code < 0 ? Rf_ScalarInteger(code) : result;
}

/* Floats, as bytes, and what else is to be said of the rows. */
static SEXP run(SEXP handle, SEXP rows)
{
    const char *names[] = {"result", "label", "confidence", "mutual_information", ""};
    struct ensemble *e = of(handle);
    const size_t count = (size_t)Rf_asInteger(rows), values = count * ensemble_get_width(e);
    SEXP list = PROTECT(Rf_mkNamed(VECSXP, names));
    struct ensemble_report report = {.struct_size = sizeof report, .rows = count};
    struct ensemble_call call = {.struct_size = sizeof call, .dtype = ENSEMBLE_F32, .report = &report};
    int code;

    call.result = RAW(SET_VECTOR_ELT(list, 0, Rf_allocVector(RAWSXP, (R_xlen_t)(values * sizeof(float)))));
    call.result_count = values;
    report.label = INTEGER(SET_VECTOR_ELT(list, 1, Rf_allocVector(INTSXP, (R_xlen_t)count)));
    report.confidence = REAL(SET_VECTOR_ELT(list, 2, Rf_allocVector(REALSXP, (R_xlen_t)count)));
    report.mutual_information = REAL(SET_VECTOR_ELT(list, 3, Rf_allocVector(REALSXP, (R_xlen_t)count)));
    code = ensemble_run(e, &call);
    UNPROTECT(1);
    return code < 0 ? Rf_ScalarInteger(code) : list;
}

/* A code in words, and what is wrong with the ensemble, if that is what the code is about. */
static SEXP words(SEXP handle, SEXP code)
{
    char why[128] = "";
    SEXP said = PROTECT(Rf_allocVector(STRSXP, 2));

    if (handle != R_NilValue && ensemble_check(of(handle), why, sizeof why) != Rf_asInteger(code))
        why[0] = 0;
    SET_STRING_ELT(said, 0, Rf_mkCharCE(ensemble_strerror(Rf_asInteger(code)), CE_UTF8));
    SET_STRING_ELT(said, 1, Rf_mkCharCE(why, CE_UTF8));
    UNPROTECT(1);
    return said;
}

/* quote: routines */
#define ROUTINE(name, arguments) {#name, (DL_FUNC)(void (*)(void))name, arguments}

void R_init_ensemble(DllInfo *dll);

void R_init_ensemble(DllInfo *dll)
{
    static const R_CallMethodDef routines[] = {ROUTINE(create, 1),     ROUTINE(add, 2),       ROUTINE(set_weights, 2),
                                               ROUTINE(set_method, 2), ROUTINE(set_input, 3), ROUTINE(combine, 2),
                                               ROUTINE(run, 2),        ROUTINE(words, 2),     {NULL, NULL, 0}};

    R_registerRoutines(dll, NULL, routines, NULL, NULL);
    R_useDynamicSymbols(dll, FALSE);
}
/* quote: end */
