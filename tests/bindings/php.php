<?php
// SPDX-License-Identifier: MIT
//
// libensemble from PHP by its FFI: php.php LIBRARY HEADER DIGITS RESULT. c.c says what it does. HEADER is ensemble.h
// without its includes, as the C preprocessor has it (php.sh): PHP knows the types of stdint.h, and reads the rest as
// it is, so that nothing of it is declared twice.

declare(strict_types=1);

// quote: class
final class EnsembleError extends RuntimeException
{
}

final class Ensemble
{
    private FFI\CData $handle;
    private array $outputs = []; // kept: the library reads them when it combines

    public function __construct(private readonly FFI $c, private readonly int $width)
    {
        $this->handle = $c->new('struct ensemble *');
        $this->must($c->ensemble_create(FFI::addr($this->handle), $width));
    }

    public function __destruct()
    {
        $this->c->ensemble_destroy($this->handle);
    }

    /** An array of C. FFI would take a string, too, of which the address soon means nothing. */
    public function add(FFI\CData $output): int
    {
        $this->outputs[] = $output;
        $rows = intdiv(count($output), $this->width);
        return $this->must($this->c->ensemble_add_model_output($this->handle, $output, $this->c->ENSEMBLE_F32, $rows));
    }

    /** All others, by their names: $e->set_method(...) is ensemble_set_method(e, ...). */
    public function __call(string $name, array $arguments): int
    {
        return $this->must($this->c->{"ensemble_$name"}($this->handle, ...$arguments));
    }

    private function must(int $code): int
    {
        if ($code >= 0) {
            return $code;
        }
        $words = $this->c->ensemble_strerror($code);
        $why = $this->c->new('char[128]');
        if ($this->c->ensemble_check($this->handle, $why, 128) === $code) {
            $words .= ': ' . FFI::string($why);
        }
        throw new EnsembleError($words, $code);
    }

    private function __clone()
    {
    }
}
// quote: end

/** A C array of the numbers. */
function numbers(FFI $c, string $type, array $values): FFI\CData
{
    $array = $c->new($type . '[' . count($values) . ']');
    foreach ($values as $i => $value) {
        $array[$i] = $value;
    }
    return $array;
}

function example(FFI $c): void
{
    // quote: example
    $e = new Ensemble($c, 3);
    $y = $c->new('float[3]');
    $e->add(numbers($c, 'float', [1, 2, 3]));
    $e->add(numbers($c, 'float', [4, 5, 6]));
    $e->add(numbers($c, 'float', [7, 8, 9]));
    $e->set_weights(numbers($c, 'double', [.3, .4, .3]), 3);
    $e->combine($y, $c->ENSEMBLE_F32, 3);
    // quote: end
    printf("example: %g %g %g\n", $y[0], $y[1], $y[2]);
}

function error(FFI $c): void
{
    $e = new Ensemble($c, 3);
    $e->add($c->new('float[3]'));
    $e->add($c->new('float[6]'));
    try {
        $e->combine($c->new('float[3]'), $c->ENSEMBLE_F32, 3);
    } catch (EnsembleError $error) {
        printf("error %d: %s\n", $error->getCode(), $error->getMessage());
    }
}

/** The values of a .npy file, behind its header of 128 bytes, in memory of C. */
function load(FFI $c, string $type, string $directory, string $name): FFI\CData
{
    $bytes = file_get_contents("$directory/$name.test.npy", offset: 128);
    if ($bytes === false) {
        throw new RuntimeException("$name: cannot be read");
    }
    $array = $c->new($type . '[' . intdiv(strlen($bytes), FFI::sizeof($c->type($type))) . ']');
    FFI::memcpy($array, $bytes, FFI::sizeof($array));
    return $array;
}

function digits(FFI $c, string $directory, string $result): void
{
    $truth = load($c, 'int32_t', $directory, 'labels');
    $rows = count($truth);
    $e = new Ensemble($c, 10);
    $e->set_method($c->ENSEMBLE_MEAN);
    foreach (['logistic', 'naive_bayes', 'forest', 'knn', 'svm', 'tree'] as $name) {
        $model = $e->add(load($c, 'float', $directory, $name));
        $e->set_input($model, $c->ENSEMBLE_PROBABILITIES, 0);
    }

    $count = $rows * 10;
    $mean = $c->new("float[$count]");
    $label = $c->new("int32_t[$rows]");
    $confidence = $c->new("double[$rows]");
    $information = $c->new("double[$rows]");
    $report = $c->new('struct ensemble_report');
    $report->struct_size = FFI::sizeof($report);
    $report->rows = $rows;
    $report->label = FFI::addr($label[0]);
    $report->confidence = FFI::addr($confidence[0]);
    $report->mutual_information = FFI::addr($information[0]);
    $call = $c->new('struct ensemble_call');
    $call->struct_size = FFI::sizeof($call);
    $call->result = FFI::addr($mean[0]);
    $call->result_count = $count;
    $call->dtype = $c->ENSEMBLE_F32;
    $call->report = FFI::addr($report);
    $e->run(FFI::addr($call));

    if (file_put_contents($result, FFI::string($mean, FFI::sizeof($mean))) !== FFI::sizeof($mean)) {
        throw new RuntimeException("$result: cannot be written");
    }
    $right = 0;
    $row = 0;
    for ($r = 0; $r < $rows; $r++) {
        $right += (int) ($label[$r] === $truth[$r]);
        $row = $information[$r] > $information[$row] ? $r : $row;
    }
    printf("digits: %d of %d right\n", $right, $rows);
    printf("report: row %d is a %d with %.6f, and the models disagree by %.6f\n", $row, $label[$row], $confidence[$row],
        $information[$row]);
}

if ($argc !== 5) {
    fwrite(STDERR, "usage: php php.php LIBRARY HEADER DIGITS RESULT\n");
    exit(2);
}
$c = FFI::cdef(file_get_contents($argv[2]), $argv[1]);
example($c);
error($c);
digits($c, $argv[3], $argv[4]);
