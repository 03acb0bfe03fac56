-- SPDX-License-Identifier: MIT
--
-- libensemble from LuaJIT by its FFI: lua.lua LIBRARY HEADER DIGITS RESULT. c.c says what it does. HEADER is ensemble.h
-- without its includes, as the C preprocessor has it (lua.sh): nothing of it is declared twice.

local ffi = require("ffi")
local library, header, directory, result_file = unpack(arg)

local function read(path)
    local file = assert(io.open(path, "rb"))
    local bytes = file:read("*a")
    file:close()
    return bytes
end

-- quote: class
ffi.cdef(read(header))
local C = ffi.load(library)

local Ensemble = {}
Ensemble.__index = Ensemble

-- The index that a function returned, or an error: a table with its code, and words; with those of ensemble_check(), if
-- they are of the same error.
local function must(code, handle)
    if code >= 0 then
        return code
    end
    local words, why = ffi.string(C.ensemble_strerror(code)), ffi.new("char[128]")
    if C.ensemble_check(handle, why, 128) == code then
        words = words .. ": " .. ffi.string(why)
    end
    error(setmetatable({code = code, words = words}, {__tostring = function(e) return e.words end}), 2)
end

function Ensemble.new(width)
    local out = ffi.new("struct ensemble *[1]")
    must(C.ensemble_create(out, width))
    -- C reads the outputs where they are: they are kept here, so that they are not collected before.
    return setmetatable({handle = ffi.gc(out[0], C.ensemble_destroy), width = width, outputs = {}}, Ensemble)
end

function Ensemble:add(output) -- an array of floats, of a size that ffi.sizeof knows
    table.insert(self.outputs, output)
    local rows = ffi.sizeof(output) / ffi.sizeof("float") / self.width
    return must(C.ensemble_add_model_output(self.handle, output, C.ENSEMBLE_F32, rows), self.handle)
end

function Ensemble:weigh(weights)
    must(C.ensemble_set_weights(self.handle, ffi.new("double[?]", #weights, weights), #weights), self.handle)
end

function Ensemble:combine(result)
    local count = ffi.sizeof(result) / ffi.sizeof("float")
    must(C.ensemble_combine(self.handle, result, C.ENSEMBLE_F32, count), self.handle)
end
-- quote: end

local function example()
    -- quote: example
    local y = ffi.new("float[3]")
    local e = Ensemble.new(3)

    for _, output in ipairs({{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}) do
        e:add(ffi.new("float[3]", output))
    end
    e:weigh({.3, .4, .3})
    e:combine(y)
    -- quote: end
    print(("example: %g %g %g"):format(y[0], y[1], y[2]))
end

local function failure()
    local e = Ensemble.new(3)
    e:add(ffi.new("float[3]", 1))
    e:add(ffi.new("float[6]", 1))
    local fine, fault = pcall(e.combine, e, ffi.new("float[3]"))
    assert(not fine)
    print(("error %d: %s"):format(fault.code, tostring(fault)))
end

-- The values of a .npy file, which begin behind its header of 128 bytes.
local function load_values(type, name)
    local bytes = read(("%s/%s.test.npy"):format(directory, name)):sub(129)
    local values = ffi.new(type .. "[?]", #bytes / ffi.sizeof(type))
    ffi.copy(values, bytes, #bytes)
    return values
end

local function digits()
    local truth = load_values("int32_t", "labels")
    local rows = ffi.sizeof(truth) / 4
    local e = Ensemble.new(10)
    for _, name in ipairs({"logistic", "naive_bayes", "forest", "knn", "svm", "tree"}) do
        must(C.ensemble_set_input(e.handle, e:add(load_values("float", name)), C.ENSEMBLE_PROBABILITIES, 0))
    end
    must(C.ensemble_set_method(e.handle, C.ENSEMBLE_MEAN))

    -- Arrays have names of their own: what only a struct points to could be collected.
    local mean, label = ffi.new("float[?]", rows * 10), ffi.new("int32_t[?]", rows)
    local confidence, information = ffi.new("double[?]", rows), ffi.new("double[?]", rows)
    local report = ffi.new("struct ensemble_report", {
        struct_size = ffi.sizeof("struct ensemble_report"), rows = rows,
        label = label, confidence = confidence, mutual_information = information,
    })
    local call = ffi.new("struct ensemble_call", {
        struct_size = ffi.sizeof("struct ensemble_call"), result = mean, result_count = rows * 10,
        dtype = C.ENSEMBLE_F32, report = report,
    })
    must(C.ensemble_run(e.handle, call), e.handle)

    local file = assert(io.open(result_file, "wb"))
    assert(file:write(ffi.string(mean, ffi.sizeof(mean))))
    assert(file:close())

    local right, row = 0, 0
    for r = 0, rows - 1 do
        right = right + (label[r] == truth[r] and 1 or 0)
        row = information[r] > information[row] and r or row
    end
    print(("digits: %d of %d right"):format(right, rows))
    print(("report: row %d is a %d with %.6f, and the models disagree by %.6f"):format(row, label[row],
        confidence[row], information[row]))
end

example()
failure()
digits()
