# SPDX-License-Identifier: MIT
#
# libensemble from Perl by FFI::Platypus: perl.pl LIBRARY DIGITS RESULT. c.c says what it does.
#
# Arrays of C are strings here, by pack and unpack; so are the structs of a report and its call.
use strict;
use warnings FATAL => 'all';

my ($library, $directory, $result_file) = @ARGV;

# quote: class
package EnsembleError {
    use overload '""' => sub { $_[0]{words} }, fallback => 1;
}

package Ensemble {
    use FFI::Platypus 2.00;
    use FFI::Platypus::Buffer qw(scalar_to_pointer grow set_used_length);
    use constant { F32 => 1, MEAN => 1, PROBABILITIES => 1 };

    my $ffi = FFI::Platypus->new(api => 2, lib => $library);
    $ffi->attach(["ensemble_$_->[0]" => "c_$_->[0]"], $_->[1], $_->[2] // 'int') for
        [create => ['opaque*', 'size_t']],
        [add_model_output => ['opaque', 'opaque', 'sint32', 'size_t']],
        [set_weights => ['opaque', 'double[]', 'size_t']],
        [set_method => ['opaque', 'sint32']],
        [set_input => ['opaque', 'size_t', 'sint32', 'double']],
        [combine => ['opaque', 'opaque', 'sint32', 'size_t']],
        [run => ['opaque', 'opaque']],
        [check => ['opaque', 'opaque', 'size_t']],
        [strerror => ['int'], 'string'],
        [destroy => ['opaque'], 'void'];

    sub new {
        my ($class, $width) = @_;
        my $self = bless { width => $width, outputs => [] }, $class;
        $self->must(c_create(\$self->{handle}, $width));
        return $self;
    }

    sub DESTROY { c_destroy($_[0]{handle}) }

    # A string of floats. C reads it where it is, so a copy is kept that nobody changes.
    sub add {
        my ($self, $floats) = @_;
        push @{ $self->{outputs} }, \$floats;
        return $self->must(c_add_model_output($self->{handle}, scalar_to_pointer($floats), F32,
            length($floats) / 4 / $self->{width}));
    }

    # Bytes that C may write: a string of its own. Perl's copies share their bytes until one of them is changed by Perl.
    sub room {
        my ($size) = @_;
        my $bytes = '';
        grow $bytes, $size;
        set_used_length $bytes, $size;
        return \$bytes;
    }

    sub weigh {
        my ($self, @weights) = @_;
        $self->must(c_set_weights($self->{handle}, \@weights, scalar @weights));
    }

    sub combine {
        my ($self, $count) = @_;
        my $result = room(4 * $count);
        $self->must(c_combine($self->{handle}, scalar_to_pointer($$result), F32, $count));
        return unpack 'f*', $$result;
    }

    # The index that a function returned; or dies with its code and words, and those of ensemble_check(), if they are of
    # the same error.
    sub must {
        my ($self, $code) = @_;
        return $code if $code >= 0;
        my $why = room(128);
        my $same = c_check($self->{handle}, scalar_to_pointer($$why), 128) == $code;
        my $words = c_strerror($code) . ($same ? ': ' . unpack('Z*', $$why) : '');
        die bless { code => $code, words => $words }, 'EnsembleError';
    }
}
# quote: end

sub example {
    # quote: example
    my $e = Ensemble->new(3);

    $e->add(pack 'f*', @$_) for [1, 2, 3], [4, 5, 6], [7, 8, 9];
    $e->weigh(.3, .4, .3);
    my @y = $e->combine(3);
    # quote: end
    printf "example: %g %g %g\n", @y;
}

sub failure {
    my $e = Ensemble->new(3);
    $e->add(pack 'f*', (1) x 3);
    $e->add(pack 'f*', (1) x 6);
    eval { $e->combine(3); 1 } and die 'no error';
    die $@ unless ref $@ eq 'EnsembleError';
    print "error $@->{code}: $@\n";
}

# The values of a .npy file, which begin behind its header of 128 bytes.
sub load {
    my $path = "$directory/$_[0].test.npy";
    open my $file, '<:raw', $path or die "$path: $!\n";
    local $/;
    return substr <$file>, 128;
}

# Numbers of 32 bits stand alone or in pairs in these structs, so that pack needs no gaps: L and l, else the size of an
# address, J.
sub digits {
    my $e = Ensemble->new(10);
    for my $name (qw(logistic naive_bayes forest knn svm tree)) {
        $e->must(Ensemble::c_set_input($e->{handle}, $e->add(load($name)), Ensemble::PROBABILITIES, 0));
    }
    $e->must(Ensemble::c_set_method($e->{handle}, Ensemble::MEAN));

    my @truth = unpack 'l*', load('labels');
    my $rows = @truth;
    my ($mean, $label, $confidence, $information) = map { Ensemble::room($rows * $_) } 40, 4, 8, 8;
    my %at = (label => $label, confidence => $confidence, mutual_information => $information);
    my @fields = qw(label confidence margin tied entropy mean_entropy mutual_information vote_disagreement
        variation_ratio conflict weight_present models_present row_fault settled variance contribution influence flips);
    my $address = \&FFI::Platypus::Buffer::scalar_to_pointer;
    my $report_format = 'L2 J3 J18 J3';
    my $call_format = 'L2 J9 l2 J5';
    my $report = pack $report_format, length(pack $report_format, (0) x 26), 0, $rows, 0, 0,
        (map { $at{$_} ? $address->(${ $at{$_} }) : 0 } @fields), 0, 0, 0;
    my $call = pack $call_format, length(pack $call_format, (0) x 18), 0, (0) x 4, $address->($$mean), $rows * 10,
        (0) x 3, Ensemble::F32, 0, 0, 0, $address->($report), 0, 0;
    $e->must(Ensemble::c_run($e->{handle}, $address->($call)));

    open my $file, '>:raw', $result_file or die "$result_file: $!\n";
    print $file $$mean or die "$result_file: $!\n";
    close $file or die "$result_file: $!\n";
    my @label = unpack 'l*', $$label;
    my @confidence = unpack 'd*', $$confidence;
    my @information = unpack 'd*', $$information;
    my $right = grep { $label[$_] == $truth[$_] } 0 .. $#truth;
    my $row = 0;
    $information[$_] > $information[$row] and $row = $_ for 0 .. $#truth;
    print "digits: $right of $rows right\n";
    printf "report: row %d is a %d with %.6f, and the models disagree by %.6f\n", $row, $label[$row], $confidence[$row],
        $information[$row];
}

example();
failure();
digits();
