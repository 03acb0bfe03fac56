! SPDX-License-Identifier: MIT
!
! libensemble from Fortran by iso_c_binding: fortran DIGITS RESULT. c.c says what it does.
!
! Fortran's first index is the fastest, C's last one is. So a matrix of rows x width is, in Fortran, an array
! (width, rows): the values of row r are output(:, r). There are no unsigned integers; those of C have the same size.
module ensembles
    use, intrinsic :: iso_c_binding
    implicit none
    private
    public :: ensemble, ensemble_report, ensemble_call, f32, method_mean, probabilities

    integer(c_int32_t), parameter :: f32 = 1, method_mean = 1, probabilities = 1

    ! quote: class
    ! Freed when the variable goes out of scope, which those of the main program never do.
    type :: ensemble
        private
        type(c_ptr) :: handle = c_null_ptr
        integer :: width = 0
    contains
        procedure :: create, add, weigh, set_method, set_input, combine, run
        procedure, private :: copy
        generic :: assignment(=) => copy ! otherwise a copy would be of the handle, which would be freed twice
        final :: destroy
    end type
    ! quote: end

    ! As in ensemble.h, field by field, and zero at first.
    type, bind(c) :: ensemble_report
        integer(c_int32_t) :: struct_size = 0, reserved = 0
        integer(c_size_t) :: rows = 0, width = 0, models = 0
        type(c_ptr) :: label = c_null_ptr, confidence = c_null_ptr, margin = c_null_ptr, tied = c_null_ptr
        type(c_ptr) :: entropy = c_null_ptr, mean_entropy = c_null_ptr, mutual_information = c_null_ptr
        type(c_ptr) :: vote_disagreement = c_null_ptr, variation_ratio = c_null_ptr, conflict = c_null_ptr
        type(c_ptr) :: weight_present = c_null_ptr, models_present = c_null_ptr, row_fault = c_null_ptr
        type(c_ptr) :: settled = c_null_ptr, variance = c_null_ptr
        type(c_ptr) :: contribution = c_null_ptr, influence = c_null_ptr, flips = c_null_ptr
        integer(c_size_t) :: top = 0
        type(c_ptr) :: top_labels = c_null_ptr, top_values = c_null_ptr
    end type

    type, bind(c) :: ensemble_call
        integer(c_int32_t) :: struct_size = 0, output_size = 0
        type(c_ptr) :: outputs = c_null_ptr
        integer(c_size_t) :: n_outputs = 0, row_begin = 0, row_count = 0
        type(c_ptr) :: result = c_null_ptr
        integer(c_size_t) :: result_count = 0, result_stride = 0
        type(c_ptr) :: workspace = c_null_ptr
        integer(c_size_t) :: workspace_size = 0
        integer(c_int32_t) :: dtype = 0, reserved = 0
        type(c_ptr) :: row_weights = c_null_ptr
        integer(c_size_t) :: row_weights_count = 0
        type(c_ptr) :: report = c_null_ptr
        type(c_funptr) :: parallel_for = c_null_funptr
        type(c_ptr) :: parallel_user = c_null_ptr
    end type

    ! quote: declare
    interface
        integer(c_int) function ensemble_create(out, width) bind(c)
            import
            type(c_ptr), intent(inout) :: out
            integer(c_size_t), value :: width
        end function

        integer(c_int) function ensemble_add_model_output(e, output, dtype, rows) bind(c)
            import
            type(c_ptr), value :: e, output
            integer(c_int32_t), value :: dtype
            integer(c_size_t), value :: rows
        end function
        ! quote: end

        integer(c_int) function ensemble_set_weights(e, weights, n_models) bind(c)
            import
            type(c_ptr), value :: e
            real(c_double), intent(in) :: weights(*)
            integer(c_size_t), value :: n_models
        end function

        integer(c_int) function ensemble_set_method(e, method) bind(c)
            import
            type(c_ptr), value :: e
            integer(c_int32_t), value :: method
        end function

        integer(c_int) function ensemble_set_input(e, model, space, temperature) bind(c)
            import
            type(c_ptr), value :: e
            integer(c_size_t), value :: model
            integer(c_int32_t), value :: space
            real(c_double), value :: temperature
        end function

        integer(c_int) function ensemble_combine(e, result, dtype, count) bind(c)
            import
            type(c_ptr), value :: e
            real(c_float), intent(inout) :: result(*)
            integer(c_int32_t), value :: dtype
            integer(c_size_t), value :: count
        end function

        integer(c_int) function ensemble_run(e, call) bind(c)
            import
            type(c_ptr), value :: e
            type(ensemble_call), intent(in), target :: call ! TARGET: C writes through the addresses in it
        end function

        integer(c_int) function ensemble_check(e, message, size) bind(c)
            import
            type(c_ptr), value :: e
            character(kind=c_char), intent(out) :: message(*)
            integer(c_size_t), value :: size
        end function

        type(c_ptr) function ensemble_strerror(code) bind(c)
            import
            integer(c_int), value :: code
        end function

        integer(c_int) function ensemble_clone(out, e) bind(c)
            import
            type(c_ptr), intent(inout) :: out
            type(c_ptr), value :: e
        end function

        subroutine ensemble_destroy(e) bind(c)
            import
            type(c_ptr), value :: e
        end subroutine

        integer(c_size_t) function strlen(text) bind(c)
            import
            type(c_ptr), value :: text
        end function
    end interface

contains

    ! A subroutine, since not every compiler finalises what a function has returned.
    subroutine create(this, width, stat, errmsg)
        class(ensemble), intent(inout) :: this
        integer, intent(in) :: width
        integer, intent(out), optional :: stat
        character(*), intent(inout), optional :: errmsg

        call ensemble_destroy(this%handle)
        this%handle = c_null_ptr
        this%width = width
        call told(this, ensemble_create(this%handle, int(width, c_size_t)), stat, errmsg)
    end subroutine

    subroutine copy(this, other)
        class(ensemble), intent(inout) :: this
        class(ensemble), intent(in) :: other
        type(c_ptr) :: handle

        handle = c_null_ptr
        call told(other, ensemble_clone(handle, other%handle))
        call ensemble_destroy(this%handle)
        this%handle = handle
        this%width = other%width
    end subroutine

    subroutine destroy(this)
        type(ensemble), intent(inout) :: this

        call ensemble_destroy(this%handle)
        this%handle = c_null_ptr
    end subroutine

    ! The library keeps the address. So only a pointer, or what has the attribute TARGET, goes in here, and no section
    ! with gaps, of which the compiler would make a copy for the call. It has to stay where it is until it is combined.
    subroutine add(this, output, model, stat, errmsg)
        class(ensemble), intent(in) :: this
        real(c_float), intent(in), pointer, contiguous :: output(:, :)
        integer, intent(out), optional :: model, stat
        character(*), intent(inout), optional :: errmsg
        integer(c_int) :: code

        if (size(output, 1) /= this%width) error stop 'the first extent is not the width'
        code = ensemble_add_model_output(this%handle, c_loc(output), f32, size(output, 2, c_size_t))
        call told(this, code, stat, errmsg)
        if (present(model)) model = code
    end subroutine

    subroutine weigh(this, weights, stat, errmsg)
        class(ensemble), intent(in) :: this
        real(c_double), intent(in) :: weights(:)
        integer, intent(out), optional :: stat
        character(*), intent(inout), optional :: errmsg

        call told(this, ensemble_set_weights(this%handle, weights, size(weights, kind=c_size_t)), stat, errmsg)
    end subroutine

    subroutine set_method(this, method, stat, errmsg)
        class(ensemble), intent(in) :: this
        integer(c_int32_t), intent(in) :: method
        integer, intent(out), optional :: stat
        character(*), intent(inout), optional :: errmsg

        call told(this, ensemble_set_method(this%handle, method), stat, errmsg)
    end subroutine

    subroutine set_input(this, model, space, stat, errmsg)
        class(ensemble), intent(in) :: this
        integer, intent(in) :: model
        integer(c_int32_t), intent(in) :: space
        integer, intent(out), optional :: stat
        character(*), intent(inout), optional :: errmsg

        call told(this, ensemble_set_input(this%handle, int(model, c_size_t), space, 0._c_double), stat, errmsg)
    end subroutine

    subroutine combine(this, result, stat, errmsg)
        class(ensemble), intent(in) :: this
        real(c_float), intent(inout) :: result(:, :)
        integer, intent(out), optional :: stat
        character(*), intent(inout), optional :: errmsg

        call told(this, ensemble_combine(this%handle, result, f32, size(result, kind=c_size_t)), stat, errmsg)
    end subroutine

    subroutine run(this, call, stat, errmsg)
        class(ensemble), intent(in) :: this
        type(ensemble_call), intent(in), target :: call
        integer, intent(out), optional :: stat
        character(*), intent(inout), optional :: errmsg

        call told(this, ensemble_run(this%handle, call), stat, errmsg)
    end subroutine

    ! quote: errors
    ! As ALLOCATE does: with STAT the caller looks at it, and without it an error ends the program.
    subroutine told(this, code, stat, errmsg)
        class(ensemble), intent(in) :: this
        integer(c_int), intent(in) :: code
        integer, intent(out), optional :: stat
        character(*), intent(inout), optional :: errmsg
        character(kind=c_char) :: why(128)
        character(:), allocatable :: words

        if (present(stat)) stat = min(code, 0)
        if (code >= 0) return
        words = text(ensemble_strerror(code))
        if (ensemble_check(this%handle, why, size(why, kind=c_size_t)) == code) words = words // ': ' // joined(why)
        if (present(errmsg)) errmsg = words
        if (.not. present(stat)) error stop words
    end subroutine
    ! quote: end

    ! A string of C as one of Fortran.
    function text(string)
        type(c_ptr), intent(in) :: string
        character(:), allocatable :: text
        character(kind=c_char), pointer :: letters(:)

        call c_f_pointer(string, letters, [strlen(string) + 1])
        text = joined(letters)
    end function

    function joined(letters)
        character(kind=c_char), intent(in) :: letters(:)
        character(:), allocatable :: joined

        joined = repeat(' ', findloc(letters, c_null_char, 1) - 1)
        joined = transfer(letters(:len(joined)), joined)
    end function
end module

program main
    use, intrinsic :: iso_c_binding
    use ensembles
    implicit none
    integer, parameter :: width = 10, models = 6, rows = 600
    character(11), parameter :: names(models) = [character(11) :: 'logistic', 'naive_bayes', 'forest', 'knn', 'svm', &
        'tree']
    character(4096) :: directory, file

    if (command_argument_count() /= 2) error stop 'usage: fortran DIGITS RESULT'
    call get_command_argument(1, directory)
    call get_command_argument(2, file)
    call example()
    call error()
    call digits(trim(directory), trim(file))

contains

    subroutine example()
        ! quote: example
        real(c_float), target :: a(3, 1), b(3, 1), c(3, 1)
        real(c_float) :: y(3, 1)
        type(ensemble) :: e

        a(:, 1) = [1, 2, 3]
        b(:, 1) = [4, 5, 6]
        c(:, 1) = [7, 8, 9]
        call e%create(3)
        call e%add(a)
        call e%add(b)
        call e%add(c)
        call e%weigh([.3_c_double, .4_c_double, .3_c_double])
        call e%combine(y)
        ! quote: end
        if (any(abs(y - anint(y)) > 1e-6)) error stop 'the example does not give whole numbers'
        print '(a, 3(1x, i0))', 'example:', nint(y)
    end subroutine

    subroutine error()
        real(c_float), target :: one_row(3, 1), two_rows(3, 2)
        real(c_float) :: y(3, 1)
        character(256) :: words
        type(ensemble) :: e, copy
        integer :: code

        one_row = 1
        two_rows = 1
        call e%create(3)
        call e%add(one_row)
        call e%add(two_rows)
        copy = e
        call copy%combine(y, stat=code, errmsg=words)
        if (code /= 0) print '(a, i0, 2a)', 'error ', code, ': ', trim(words)
    end subroutine

    subroutine digits(directory, file)
        character(*), intent(in) :: directory, file
        real(c_float), allocatable, target :: said(:, :, :), mean(:, :)
        integer(c_int32_t), target :: label(rows)
        real(c_double), target :: confidence(rows), information(rows)
        integer(c_int32_t) :: truth(rows)
        type(ensemble_report), target :: report
        type(ensemble_call), target :: call
        type(ensemble) :: e
        integer :: i, model, row, unit

        allocate (said(width, rows, models), mean(width, rows))
        call e%create(width)
        call e%set_method(method_mean)
        do i = 1, models
            unit = opened(directory, names(i))
            read (unit, pos=129) said(:, :, i)
            close (unit)
            call e%add(said(:, :, i), model)
            call e%set_input(model, probabilities)
        end do
        unit = opened(directory, 'labels')
        read (unit, pos=129) truth
        close (unit)

        report%struct_size = int(c_sizeof(report), c_int32_t)
        report%rows = rows
        report%label = c_loc(label)
        report%confidence = c_loc(confidence)
        report%mutual_information = c_loc(information)
        call%struct_size = int(c_sizeof(call), c_int32_t)
        call%result = c_loc(mean)
        call%result_count = size(mean, kind=c_size_t)
        call%dtype = f32
        call%report = c_loc(report)
        call e%run(call)

        open (newunit=unit, file=file, access='stream', form='unformatted', action='write', status='replace')
        write (unit) mean
        close (unit)
        row = maxloc(information, 1)
        print '(a, i0, a, i0, a)', 'digits: ', count(label == truth), ' of ', rows, ' right'
        print '(2(a, i0), 2(a, f8.6))', 'report: row ', row - 1, ' is a ', label(row), ' with ', confidence(row), &
            ', and the models disagree by ', information(row)
    end subroutine

    ! A .npy file, in which the values begin behind a header of 128 bytes.
    integer function opened(directory, name) result(unit)
        character(*), intent(in) :: directory, name

        open (newunit=unit, file=directory // '/' // trim(name) // '.test.npy', access='stream', form='unformatted', &
            action='read', status='old')
    end function
end program
