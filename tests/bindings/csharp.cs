// SPDX-License-Identifier: MIT
//
// libensemble from C# by P/Invoke: csharp DIGITS RESULT. c.c says what it does.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;

// quote: declare
static class Native
{
    const string Library = "libensemble.so"; // found as the system finds libraries
    public const int F32 = 1, Mean = 1, Probabilities = 1;

    [StructLayout(LayoutKind.Sequential)]
    public struct Report
    {
        public uint structSize, reserved;
        public UIntPtr rows, width, models;
        public IntPtr label, confidence, margin, tied, entropy, meanEntropy, mutualInformation, voteDisagreement,
            variationRatio, conflict, weightPresent, modelsPresent, rowFault, settled, variance, contribution,
            influence, flips;
        public UIntPtr top;
        public IntPtr topLabels, topValues;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Call
    {
        public uint structSize, outputSize;
        public IntPtr outputs;
        public UIntPtr nOutputs, rowBegin, rowCount;
        public IntPtr result;
        public UIntPtr resultCount, resultStride;
        public IntPtr workspace;
        public UIntPtr workspaceSize;
        public int dtype, reserved;
        public IntPtr rowWeights;
        public UIntPtr rowWeightsCount;
        public IntPtr report, parallelFor, parallelUser;
    }

    [DllImport(Library)] public static extern int ensemble_create(out Handle e, UIntPtr width);
    [DllImport(Library)] public static extern int ensemble_add_model_output(Handle e, IntPtr output, int dtype,
                                                                             UIntPtr rows);
    [DllImport(Library)] public static extern int ensemble_set_weights(Handle e, double[] weights, UIntPtr models);
    [DllImport(Library)] public static extern int ensemble_set_method(Handle e, int method);
    [DllImport(Library)] public static extern int ensemble_set_input(Handle e, UIntPtr model, int space, double t);
    [DllImport(Library)] public static extern int ensemble_combine(Handle e, float[] result, int dtype, UIntPtr count);
    [DllImport(Library)] public static extern int ensemble_run(Handle e, ref Call call);
    [DllImport(Library)] public static extern int ensemble_check(Handle e, byte[] message, UIntPtr size);
    [DllImport(Library)] public static extern IntPtr ensemble_strerror(int code);
    [DllImport(Library)] public static extern void ensemble_destroy(IntPtr e);
}
// quote: end

// quote: class
sealed class Handle : SafeHandle
{
    public Handle() : base(IntPtr.Zero, true) { }
    public override bool IsInvalid { get { return handle == IntPtr.Zero; } }
    protected override bool ReleaseHandle() { Native.ensemble_destroy(handle); return true; }
}

sealed class EnsembleException : Exception
{
    public readonly int Code;
    public EnsembleException(int code, string words) : base(words) { Code = code; }
}

sealed class Ensemble : IDisposable
{
    public readonly Handle Handle;
    readonly int width;
    readonly List<GCHandle> pinned = new List<GCHandle>(); // C reads the outputs where they are: they must not move

    public Ensemble(int width)
    {
        this.width = width;
        Must(Native.ensemble_create(out Handle, (UIntPtr)width));
    }

    public int Add(float[] output)
    {
        var pin = GCHandle.Alloc(output, GCHandleType.Pinned);
        pinned.Add(pin);
        return Must(Native.ensemble_add_model_output(Handle, pin.AddrOfPinnedObject(), Native.F32,
                                                     (UIntPtr)(output.Length / width)));
    }

    public void Weigh(params double[] weights)
    {
        Must(Native.ensemble_set_weights(Handle, weights, (UIntPtr)weights.Length));
    }

    public void Combine(float[] result)
    {
        Must(Native.ensemble_combine(Handle, result, Native.F32, (UIntPtr)result.Length));
    }

    // The index that a function returned, or its error in words; with those of ensemble_check(), if they are of it.
    public int Must(int code)
    {
        if (code >= 0)
            return code;
        var words = Marshal.PtrToStringAnsi(Native.ensemble_strerror(code));
        var why = new byte[128];
        if (!Handle.IsInvalid && Native.ensemble_check(Handle, why, (UIntPtr)why.Length) == code)
            words += ": " + Encoding.UTF8.GetString(why).Split('\0')[0];
        throw new EnsembleException(code, words);
    }

    public void Dispose()
    {
        Handle.Dispose();
        pinned.ForEach(pin => pin.Free());
        pinned.Clear();
    }
}
// quote: end

static class Program
{
    static void Example()
    {
        // quote: example
        var y = new float[3];

        using (var e = new Ensemble(3)) {
            e.Add(new float[] {1, 2, 3});
            e.Add(new float[] {4, 5, 6});
            e.Add(new float[] {7, 8, 9});
            e.Weigh(.3, .4, .3);
            e.Combine(y);
        }
        // quote: end
        Console.WriteLine("example: {0} {1} {2}", y[0], y[1], y[2]);
    }

    static void Failure()
    {
        using (var e = new Ensemble(3)) {
            e.Add(new float[3]);
            e.Add(new float[6]);
            try {
                e.Combine(new float[3]);
            } catch (EnsembleException error) {
                Console.WriteLine("error {0}: {1}", error.Code, error.Message);
            }
        }
    }

    // The values of a .npy file, which begin behind its header of 128 bytes, in four bytes each.
    static T[] Load<T>(string directory, string name)
    {
        var bytes = File.ReadAllBytes(Path.Combine(directory, name + ".test.npy"));
        var values = new T[(bytes.Length - 128) / 4];
        Buffer.BlockCopy(bytes, 128, values, 0, values.Length * 4);
        return values;
    }

    static void Digits(string directory, string resultFile)
    {
        var truth = Load<int>(directory, "labels");
        int rows = truth.Length;
        var mean = new float[rows * 10];
        var label = new int[rows];
        double[] confidence = new double[rows], information = new double[rows];
        var pins = new List<GCHandle>();
        Func<object, IntPtr> address = array => {
            pins.Add(GCHandle.Alloc(array, GCHandleType.Pinned));
            return pins.Last().AddrOfPinnedObject();
        };

        using (var e = new Ensemble(10)) {
            foreach (var name in new[] {"logistic", "naive_bayes", "forest", "knn", "svm", "tree"})
                e.Must(Native.ensemble_set_input(e.Handle, (UIntPtr)e.Add(Load<float>(directory, name)),
                                                 Native.Probabilities, 0));
            e.Must(Native.ensemble_set_method(e.Handle, Native.Mean));
            try {
                object report = new Native.Report {
                    structSize = (uint)Marshal.SizeOf(typeof(Native.Report)), rows = (UIntPtr)rows,
                    label = address(label), confidence = address(confidence), mutualInformation = address(information)
                };
                var call = new Native.Call {
                    structSize = (uint)Marshal.SizeOf(typeof(Native.Call)), result = address(mean),
                    resultCount = (UIntPtr)mean.Length, dtype = Native.F32, report = address(report)
                };
                e.Must(Native.ensemble_run(e.Handle, ref call));
            } finally {
                pins.ForEach(pin => pin.Free());
            }
        }

        var bytes = new byte[mean.Length * 4];
        Buffer.BlockCopy(mean, 0, bytes, 0, bytes.Length);
        File.WriteAllBytes(resultFile, bytes);
        int right = label.Zip(truth, (a, b) => a == b).Count(same => same);
        int row = Array.IndexOf(information, information.Max());
        Console.WriteLine("digits: {0} of {1} right", right, rows);
        Console.WriteLine("report: row {0} is a {1} with {2:F6}, and the models disagree by {3:F6}", row, label[row],
                          confidence[row], information[row]);
    }

    static int Main(string[] arguments)
    {
        System.Threading.Thread.CurrentThread.CurrentCulture = System.Globalization.CultureInfo.InvariantCulture;
        if (arguments.Length != 2) {
            Console.Error.WriteLine("usage: csharp DIGITS RESULT");
            return 2;
        }
        Example();
        Failure();
        Digits(arguments[0], arguments[1]);
        return 0;
    }
}
