// SPDX-License-Identifier: MIT
//
// libensemble from Java by JNA: Main DIGITS RESULT. c.c says what it does.
//
// size_t is long, which is as wide on the 64-bit machines that Java 17 runs on.
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import com.sun.jna.Structure.FieldOrder;
import com.sun.jna.ptr.PointerByReference;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.DecimalFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

// quote: declare
interface C extends Library {
    C LIB = Native.load("ensemble", C.class);
    int F32 = 1, MEAN = 1, PROBABILITIES = 1;

    @FieldOrder({"structSize", "reserved", "rows", "width", "models", "label", "confidence", "margin", "tied",
        "entropy", "meanEntropy", "mutualInformation", "voteDisagreement", "variationRatio", "conflict",
        "weightPresent", "modelsPresent", "rowFault", "settled", "variance", "contribution", "influence", "flips",
        "top", "topLabels", "topValues"})
    class Report extends Structure {
        public static class ByReference extends Report implements Structure.ByReference { }

        public int structSize, reserved;
        public long rows, width, models;
        public Pointer label, confidence, margin, tied, entropy, meanEntropy, mutualInformation, voteDisagreement,
            variationRatio, conflict, weightPresent, modelsPresent, rowFault, settled, variance, contribution,
            influence, flips;
        public long top;
        public Pointer topLabels, topValues;
    }

    @FieldOrder({"structSize", "outputSize", "outputs", "nOutputs", "rowBegin", "rowCount", "result", "resultCount",
        "resultStride", "workspace", "workspaceSize", "dtype", "reserved", "rowWeights", "rowWeightsCount", "report",
        "parallelFor", "parallelUser"})
    class Call extends Structure {
        public int structSize, outputSize;
        public Pointer outputs;
        public long nOutputs, rowBegin, rowCount;
        public Pointer result;
        public long resultCount, resultStride;
        public Pointer workspace;
        public long workspaceSize;
        public int dtype, reserved;
        public Pointer rowWeights;
        public long rowWeightsCount;
        public Report.ByReference report;
        public Pointer parallelFor, parallelUser;
    }

    int ensemble_create(PointerByReference out, long width);
    int ensemble_add_model_output(Pointer e, Pointer output, int dtype, long rows);
    int ensemble_set_weights(Pointer e, double[] weights, long models);
    int ensemble_set_method(Pointer e, int method);
    int ensemble_set_input(Pointer e, long model, int space, double temperature);
    int ensemble_combine(Pointer e, float[] result, int dtype, long count);
    int ensemble_run(Pointer e, Call call);
    int ensemble_check(Pointer e, byte[] message, long size);
    String ensemble_strerror(int code);
    void ensemble_destroy(Pointer e);
}
// quote: end

// quote: class
class EnsembleException extends RuntimeException {
    private static final long serialVersionUID = 1;
    final int code;

    EnsembleException(int code, String words) {
        super(words);
        this.code = code;
    }
}

class Ensemble implements AutoCloseable {
    private final List<Memory> outputs = new ArrayList<>(); // C reads them where they are: kept from the collector
    private final long width;
    Pointer e;

    Ensemble(long width) {
        PointerByReference out = new PointerByReference();

        must(C.LIB.ensemble_create(out, width));
        e = out.getValue();
        this.width = width;
    }

    // A copy in C's memory: Java's arrays move.
    int add(float... output) {
        Memory memory = new Memory(output.length * 4L);

        memory.write(0, output, 0, output.length);
        outputs.add(memory);
        return must(C.LIB.ensemble_add_model_output(e, memory, C.F32, output.length / width));
    }

    void weigh(double... weights) {
        must(C.LIB.ensemble_set_weights(e, weights, weights.length));
    }

    void combine(float[] result) {
        must(C.LIB.ensemble_combine(e, result, C.F32, result.length));
    }

    // The index that a function returned, or its error in words; with those of ensemble_check(), if they are of it.
    int must(int code) {
        if (code >= 0)
            return code;
        byte[] why = new byte[128];
        boolean same = C.LIB.ensemble_check(e, why, why.length) == code;
        throw new EnsembleException(code, C.LIB.ensemble_strerror(code) + (same ? ": " + Native.toString(why) : ""));
    }

    @Override
    public void close() {
        C.LIB.ensemble_destroy(e);
        e = null; // what is called with it now is ENSEMBLE_ENULL, not a crash
    }
}
// quote: end

class Main {
    static void example() {
        // quote: example
        float[] y = new float[3];

        try (Ensemble e = new Ensemble(3)) {
            e.add(1, 2, 3);
            e.add(4, 5, 6);
            e.add(7, 8, 9);
            e.weigh(.3, .4, .3);
            e.combine(y);
        }
        // quote: end
        DecimalFormat plain = new DecimalFormat("0.######");
        System.out.println("example: " + plain.format(y[0]) + " " + plain.format(y[1]) + " " + plain.format(y[2]));
    }

    static void error() {
        try (Ensemble e = new Ensemble(3)) {
            e.add(new float[3]);
            e.add(new float[6]);
            e.combine(new float[3]);
        } catch (EnsembleException error) {
            System.out.println("error " + error.code + ": " + error.getMessage());
        }
    }

    // The values of a .npy file, which begin behind its header of 128 bytes.
    static ByteBuffer load(String directory, String name) throws IOException {
        byte[] file = Files.readAllBytes(Path.of(directory, name + ".test.npy"));
        return ByteBuffer.wrap(file, 128, file.length - 128).slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    static void digits(String directory, String resultFile) throws IOException {
        int rows = load(directory, "labels").remaining() / 4;
        int[] truth = new int[rows];
        Memory mean = new Memory(rows * 40L), label = new Memory(rows * 4L);
        Memory confidence = new Memory(rows * 8L), information = new Memory(rows * 8L);

        load(directory, "labels").asIntBuffer().get(truth);
        try (Ensemble e = new Ensemble(10)) {
            for (String name : List.of("logistic", "naive_bayes", "forest", "knn", "svm", "tree")) {
                float[] said = new float[rows * 10];

                load(directory, name).asFloatBuffer().get(said);
                e.must(C.LIB.ensemble_set_input(e.e, e.add(said), C.PROBABILITIES, 0));
            }
            e.must(C.LIB.ensemble_set_method(e.e, C.MEAN));

            C.Report.ByReference report = new C.Report.ByReference();
            report.structSize = report.size();
            report.rows = rows;
            report.label = label;
            report.confidence = confidence;
            report.mutualInformation = information;
            C.Call call = new C.Call();
            call.structSize = call.size();
            call.result = mean;
            call.resultCount = rows * 10L;
            call.dtype = C.F32;
            call.report = report;
            e.must(C.LIB.ensemble_run(e.e, call));
        }

        Files.write(Path.of(resultFile), mean.getByteArray(0, rows * 40));
        int right = 0, row = 0;
        for (int r = 0; r < rows; r++) {
            right += label.getInt(4L * r) == truth[r] ? 1 : 0;
            row = information.getDouble(8L * r) > information.getDouble(8L * row) ? r : row;
        }
        System.out.printf("digits: %d of %d right%n", right, rows);
        System.out.printf("report: row %d is a %d with %.6f, and the models disagree by %.6f%n", row,
            label.getInt(4L * row), confidence.getDouble(8L * row), information.getDouble(8L * row));
    }

    public static void main(String[] arguments) throws IOException {
        Locale.setDefault(Locale.ROOT);
        if (arguments.length != 2)
            throw new IllegalArgumentException("usage: Main DIGITS RESULT");
        example();
        error();
        digits(arguments[0], arguments[1]);
    }
}
