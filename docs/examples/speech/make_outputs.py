#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""
make_outputs.py DIRECTORY [SEED]

Makes the .npy files of docs/examples/speech: espeak-ng speaks words in many voices, noise is added, and six simple
recognisers say what they hear. It needs espeak-ng, NumPy and SciPy (Debian's packages espeak-ng, python3-numpy and
python3-scipy), takes half a minute, and prints each recogniser's error rate. All that is random comes from the seed.

Four recognisers cut a word into FRAMES frames of equal length and say of each how probable each word of the vocabulary
is: by a Gaussian for each word and frame, with one covariance for all words of a frame, each over other features. Two
compare the whole word with words that they have heard before, by dynamic time warping (Sakoe and Chiba, 1978).
"""
import os
import subprocess
import sys
import tempfile

import numpy
import scipy
import scipy.fft
import scipy.io.wavfile
import scipy.signal

WORDS = ("zero one two three four five six seven eight nine yes no stop go left right on off up down").split()
SEED = 9
FRAMES = 8
RATE = 8000    # samples per second, as on the telephone
WINDOW = 200   # samples, 25 ms
STEP = 80      # samples, 10 ms
LOWEST = -16   # of the logarithms: no frame by itself rules a word out
TEMPLATES = 6  # how many speakers of each word a recogniser by warping remembers

# Who speaks: variants of espeak-ng's English voices, and with which accents. Nobody is in two parts.
VOICES = {
    "train": ("m1 m2 m4 m5 m8 f1 f3 f4 adam Alex Andrea antonio belinda caleb david ed Gene Hugo iven john linda "
              "Marco Michael norbert").split(),
    "validation": "m3 f2 Alicia benjamin Diogo edward Lee steph2".split(),
    "test": "m6 m7 f5 Andy Annie aunty boris Denis Jacky max Mike pablo rob steph victor travis".split(),
}
ACCENTS = "en-us en-gb en-gb-scotland en-gb-x-rp en-gb-x-gbclan en-029".split()
NOISES = "white", "rumble", "babble"
DECIBELS = {"train": (10, 15, 20), "validation": (5, 10, 15), "test": (5, 10, 15)}  # speech over noise


def speak(text, voice, pitch, speed, folder):
    """The sound of a text at RATE, without the silence around it."""
    path = os.path.join(folder, "word.wav")
    subprocess.run(["espeak-ng", "-v", voice, "-p", str(pitch), "-s", str(speed), "-w", path, text], check=True)
    rate, sound = scipy.io.wavfile.read(path)
    if rate != 22050:
        sys.exit(f"espeak-ng: {rate} samples per second, not 22050")
    sound = scipy.signal.resample_poly(sound.astype(numpy.float64), 160, 441)
    loud = numpy.flatnonzero(abs(sound) > 0.02 * abs(sound).max())
    return sound[loud[0] : loud[-1] + 1]


def noise_like(kind, samples, random, babble):
    """Noise of a mean power of 1: even, nearly all below 200 Hz, or from a sound of many voices."""
    if kind == "babble":
        begin = random.integers(len(babble) - samples)
        noise = babble[begin : begin + samples]
    else:
        noise = random.standard_normal(samples)
        if kind == "rumble":
            noise = scipy.signal.lfilter([1], [1, -1.9, 0.91], noise)
    return noise / numpy.sqrt(numpy.mean(noise**2))


def say_all(part, random, babble, folder):
    """Each voice of a part says each word, at a pitch and a speed of its own, in noise. Returns sounds and labels."""
    sounds, labels = [], []
    for number, name in enumerate(VOICES[part]):
        voice = ACCENTS[number % len(ACCENTS)] + "+" + name
        pitch, speed = random.integers(30, 70), random.integers(130, 210)
        for label, word in enumerate(WORDS):
            sound = speak(word, voice, pitch, speed + random.integers(-10, 11), folder)
            kind, decibels = random.choice(NOISES), random.choice(DECIBELS[part])
            noise = noise_like(kind, len(sound), random, babble)
            power = numpy.mean(sound**2) / 10 ** (decibels / 10)
            sounds.append(sound + noise * numpy.sqrt(power))
            labels.append(label)
    return sounds, numpy.array(labels, dtype="<i4")


def windows_of(sound):
    """Short pieces of a sound, one each STEP samples, with high frequencies raised as usual for speech."""
    count = 1 + (max(len(sound), WINDOW) - WINDOW) // STEP
    sound = numpy.pad(sound, (0, max(0, WINDOW - len(sound))))
    sound = numpy.append(sound[0], sound[1:] - 0.97 * sound[:-1])
    index = numpy.arange(WINDOW) + STEP * numpy.arange(count)[:, None]
    return sound[index] * numpy.hamming(WINDOW)


def mel_filters(bands, points):
    """Triangles, equally wide in mel, from 100 to 3,800 Hz."""

    def mel(hertz):
        return 2595 * numpy.log10(1 + hertz / 700)

    edges = numpy.linspace(mel(100), mel(3800), bands + 2)
    place = mel(numpy.linspace(0, RATE / 2, points))[None, :]
    rise = (place - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    fall = (edges[2:, None] - place) / (edges[2:] - edges[1:-1])[:, None]
    return numpy.clip(numpy.minimum(rise, fall), 0, None)


def slopes(values):
    """How each value changes, by a line through five windows."""
    padded = numpy.pad(values, ((2, 2), (0, 0)), mode="edge")
    n = len(values)
    return sum(k * (padded[2 + k : 2 + k + n] - padded[2 - k : 2 - k + n]) for k in (1, 2)) / 10


def area_ratios(windows, order):
    """Logarithms of the area ratios of the tube that linear prediction finds (Levinson's recursion)."""
    n = scipy.fft.next_fast_len(2 * WINDOW)
    correlation = scipy.fft.irfft(abs(scipy.fft.rfft(windows, n)) ** 2, n)[:, : order + 1]
    correlation[:, 0] = correlation[:, 0] * 1.001 + 1e-9
    a = numpy.zeros((len(windows), order + 1))
    a[:, 0] = 1
    error = correlation[:, 0].copy()
    reflections = numpy.empty((len(windows), order))
    for i in range(1, order + 1):
        k = -numpy.sum(a[:, :i] * correlation[:, i:0:-1], axis=1) / error
        a[:, 1 : i + 1] += k[:, None] * a[:, i - 1 :: -1]
        error *= 1 - k**2
        reflections[:, i - 1] = k
    return numpy.log((1 - reflections) / (1 + reflections))


def features_of(sound):
    """What the recognisers look at: a matrix of windows x features for each kind."""
    windows = windows_of(sound / numpy.sqrt(numpy.mean(sound**2)))
    power = abs(scipy.fft.rfft(windows, 256)) ** 2
    bands = numpy.log(power @ mel_filters(20, power.shape[1]).T + 1e-3)
    cepstra = scipy.fft.dct(bands, norm="ortho")[:, :13]
    loudness = bands.mean(axis=1, keepdims=True)
    frequency = numpy.linspace(0, 1, power.shape[1])
    share = power / power.sum(axis=1, keepdims=True)
    centre = share @ frequency
    width = numpy.sqrt(share @ frequency**2 - centre**2)
    crossings = numpy.mean(windows[:, 1:] * windows[:, :-1] < 0, axis=1)
    flatness = numpy.log(power + 1e-6).mean(axis=1) - numpy.log(power.mean(axis=1))
    contour = numpy.column_stack((loudness - loudness.max(), centre, width, crossings, flatness))
    return {
        "cepstra": cepstra[:, 1:] - cepstra[:, 1:].mean(axis=0),
        "changes": slopes(cepstra),
        "prediction": area_ratios(windows, 10),
        "contour": numpy.hstack((contour, slopes(contour))),
        "bands": bands - bands.mean(axis=0),
    }


def frames_of(features):
    """FRAMES pieces of equal length, and the mean of the features in each."""
    edges = numpy.linspace(0, len(features), FRAMES + 1)
    rows = []
    for begin, end in zip(edges[:-1], edges[1:]):
        first, last = int(begin), max(int(begin) + 1, int(numpy.ceil(end)))
        rows.append(features[first:last].mean(axis=0))
    return numpy.array(rows)


def gaussians(train, labels, others):
    """
    The logarithm of how probable each word is by each frame, all words being equally likely beforehand. Part of the
    covariance between features is left out (a tenth), so that its inverse is stable.
    """
    answers = [numpy.empty((len(x), FRAMES, len(WORDS))) for x in others]
    for frame in range(FRAMES):
        x = train[:, frame]
        means = numpy.array([x[labels == k].mean(axis=0) for k in range(len(WORDS))])
        left = x - means[labels]
        covariance = left.T @ left / (len(x) - len(WORDS))
        covariance = 0.9 * covariance + 0.1 * numpy.diag(numpy.diag(covariance))
        whiten = numpy.linalg.inv(numpy.linalg.cholesky(covariance))
        for answer, other in zip(answers, others):
            away = (other[:, frame, None] - means) @ whiten.T
            score = -0.5 * (away**2).sum(axis=2)
            score -= score.max(axis=1, keepdims=True)
            answer[:, frame] = score - numpy.log(numpy.exp(score).sum(axis=1, keepdims=True))
        answer.clip(LOWEST, out=answer)
    return answers


def warped_distances(heard, templates):
    """The distance of a word to each template: the mean along the best path, by dynamic time warping."""
    longest = max(len(t) for t in templates)
    rows, count = len(heard), len(templates)
    padded = numpy.zeros((count, longest, heard.shape[1]))
    for i, template in enumerate(templates):
        padded[i, : len(template)] = template
    step = numpy.sqrt(((heard[:, None, None] - padded[None]) ** 2).sum(axis=3))  # rows x templates x columns
    best = numpy.full((rows + 1, count, longest + 1), numpy.inf)
    best[0, :, 0] = 0
    for i in range(rows):
        for j in range(longest):
            before = numpy.minimum(numpy.minimum(best[i, :, j], best[i, :, j + 1]), best[i + 1, :, j])
            best[i + 1, :, j + 1] = before + step[i, :, j]
    length = numpy.array([len(t) for t in templates])
    return best[rows, numpy.arange(count), length] / (rows + length)


def warped(train, labels, other, random):
    """The score of each word: minus the distance to the nearest of its templates."""
    chosen = numpy.concatenate([random.permutation(numpy.flatnonzero(labels == k))[:TEMPLATES]
                                for k in range(len(WORDS))])
    scale = numpy.vstack(train).std(axis=0)
    templates = [train[i][::2] / scale for i in chosen]
    answer = [-warped_distances(x[::2] / scale, templates).reshape(len(WORDS), TEMPLATES).min(axis=1) for x in other]
    return numpy.array(answer)


def record(random):
    """Features of all words of each part, by kind, and the labels."""
    features, labels = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        text = "the sun was low and many people were walking home along the river while others sat and talked"
        voices = [speak(text, "en-us+" + voice, 40 + 5 * i, 150 + 10 * i, folder)
                  for i, voice in enumerate(("m2", "f3", "croak", "klatt"))]
        shortest = min(len(voice) for voice in voices)
        babble = sum(voice[:shortest] / voice.std() for voice in voices)
        for part in VOICES:
            sounds, labels[part] = say_all(part, random, babble, folder)
            heard = [features_of(sound) for sound in sounds]
            features[part] = {kind: [f[kind] for f in heard] for kind in heard[0]}
    return features, labels


def recognise(features, labels, random):
    """What each recogniser says of the words of the validation and the test voices."""
    outputs = {}
    for kind in "cepstra", "changes", "prediction", "contour":
        cut = {part: numpy.array([frames_of(f) for f in features[part][kind]]) for part in VOICES}
        outputs[kind, "validation"], outputs[kind, "test"] = gaussians(
            cut["train"], labels["train"], [cut["validation"], cut["test"]])
    for kind in "bands", "prediction":
        seed = random.integers(2**32)
        for part in "validation", "test":
            outputs["warped_" + kind, part] = warped(
                features["train"][kind], labels["train"], features[part][kind], numpy.random.default_rng(seed))
    return outputs


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: make_outputs.py DIRECTORY [SEED]")
    random = numpy.random.default_rng(int(sys.argv[2]) if len(sys.argv) == 3 else SEED)
    features, labels = record(random)
    for (name, part), values in recognise(features, labels, random).items():
        scores = values.sum(axis=1) if values.ndim == 3 else values
        print(f"{name} {part}: {(scores.argmax(axis=1) != labels[part]).mean():.3f} wrong")
        rows = values.reshape(-1, len(WORDS)).astype("<f2")
        numpy.save(os.path.join(sys.argv[1], f"{name}.{part}.npy"), rows)
    for part in "validation", "test":
        numpy.save(os.path.join(sys.argv[1], f"labels.{part}.npy"), labels[part])


main()
