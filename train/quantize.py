#!/usr/bin/env python3
"""An int8 copy of a network, its ranges learnt from examples; prints what that changes.

    python quantize.py MODEL_FOLDER --examples X.tfrecord.gz --output FOLDER [--calibration 300] [--limit 5000]

`haploom model quantize` runs it in the environment that `./run setup-train quantize` makes. Weights keep 7 bits: processors
without VNNI add products of 8 bits in 16, which overflow, and a model must answer alike on all.

SPDX-License-Identifier: BSD-3-Clause
"""
import argparse
import glob
import gzip
import json
import pathlib
import re
import shutil
import struct
import sys
import tempfile
import time

import numpy as np


def fail(message, remedy, status=3):
    print(f"error [quantize/54]: {message}\n  try:   {remedy}", file=sys.stderr)
    sys.exit(status)


# ---- examples: TFRecord files of tf.train.Example

def files_of(spec):
    """FILE, FILE@N (with what stands behind N), a pattern, or several separated by commas."""
    found = []
    for part in spec.split(","):
        shards = re.fullmatch(r"(.*)@(\d+)(.*)", part)
        if shards:
            name, count, end = shards.group(1), int(shards.group(2)), shards.group(3)
            found += [f"{name}-{i:05d}-of-{count:05d}{end}" for i in range(count)]
        else:
            found += sorted(glob.glob(part)) or [part]
    return found


def records(path):
    with open(path, "rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    with gzip.open(path) if packed else open(path, "rb") as file:
        while head := file.read(12):
            record = file.read(struct.unpack("<Q", head[:8])[0] + 4) if len(head) == 12 else b""
            if len(head) < 12 or len(record) < struct.unpack("<Q", head[:8])[0] + 4:
                raise ValueError("its last record is cut off")
            yield record[:-4]


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def fields(data):
    """(number, value) of a protobuf message; value: bytes, or a number."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = varint(data, at)
        else:
            size, at = varint(data, at) if kind == 2 else ({1: 8, 5: 4}[kind], at)
            value, at = data[at:at + size], at + size
        yield key >> 3, value


def example(record):
    """The image's bytes, its shape and the label, if there is one."""
    image, shape, label = None, None, None
    for _, features in fields(record):
        for _, entry in fields(features):
            parts = dict(fields(entry))
            kind, values = next(fields(parts[2]))
            items = [value for _, value in fields(values)]
            if kind == 3:
                items = [number for item in items for number in (numbers(item) if isinstance(item, bytes) else [item])]
            if parts[1] == b"image/encoded":
                image = items[0]
            elif parts[1] == b"image/shape":
                shape = items
            elif parts[1] == b"label" and items:
                label = items[0]
    return image, shape, label


def numbers(packed):
    at, out = 0, []
    while at < len(packed):
        value, at = varint(packed, at)
        out.append(value)
    return out


def read_examples(spec, shape, most):
    images, labels = [], []
    for path in files_of(spec):
        try:
            for record in records(path):
                image, own, label = example(record)
                if image is None or len(image) != np.prod(shape) or (own and list(own) != list(shape)):
                    fail(f"{path} has images of {own}; the model was trained on {shape}", "make the examples with this model as --checkpoint")
                images.append(np.frombuffer(image, np.uint8).reshape(shape))
                labels.append(label)
                if len(images) == most:
                    return np.stack(images), labels
        except OSError as error:
            fail(f"{path} cannot be read: {error}", "check the path")
        except (ValueError, IndexError, KeyError, StopIteration, EOFError) as error:
            fail(f"{path} holds no examples: {error}", "give the TFRecord file of make_examples")
    if not images:
        fail(f"{spec} holds no examples", "give the TFRecord file of make_examples")
    return np.stack(images), labels


# ---- the two networks

def network_path(folder):
    for name in ("model.onnx", "model.xml", "saved_model.pb"):
        if (folder / name).exists():
            return folder if name == "saved_model.pb" else folder / name
    fail(f"{folder} holds no model.onnx, no model.xml and no saved_model.pb", "haploom model info FOLDER")


def scaled(images):
    return (images.astype(np.float32) - 128) / 128


def answers(openvino, network, images):
    """Probabilities, and CPU seconds in one thread."""
    compiled = openvino.Core().compile_model(network, "CPU", {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1})
    compiled(scaled(images[:1]))
    start = time.process_time()
    out = [compiled(scaled(images[at:at + 8]))[0] for at in range(0, len(images), 8)]
    return np.concatenate(out), time.process_time() - start


def accuracy(name, found, labels):
    right = found.argmax(axis=1) == labels
    by_label = ", ".join(f"{label} copies {right[labels == label].mean():.4f} of {np.sum(labels == label)}" for label in sorted(set(labels)))
    return f"{name}\tright {right.mean():.4f} ({by_label})"


def report(before, after, labels, cpu):
    lines = [f"compared\t{len(before)} examples",
             f"genotype\tthe same in {np.mean(before.argmax(axis=1) == after.argmax(axis=1)):.4f}",
             f"probability\tdiffers by {np.abs(before - after).max():.4f} at most, {np.abs(before - after).mean():.5f} on average",
             f"cpu\t{cpu[0] * 1000 / len(before):.2f} -> {cpu[1] * 1000 / len(before):.2f} s per 1000 examples"]
    known = np.array([label is not None and 0 <= label <= 2 for label in labels])
    if known.any():
        told = np.array([label for label, is_known in zip(labels, known) if is_known])
        lines += [accuracy("before", before[known], told), accuracy("after", after[known], told)]
    else:
        lines.append("accuracy\tunknown: the examples have no labels")
    return lines


def cascade_files(folder):
    """The cascade goes along: its trees weigh what the int8 network says as they did before."""
    cascade = folder / "cascade.json"
    if not cascade.exists():
        return []
    parts = json.loads(cascade.read_text())
    return [cascade.name, parts["plain"]["trees"], parts["final"]["trees"]]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--examples", required=True)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    parser.add_argument("--calibration", type=int, default=300)
    parser.add_argument("--limit", type=int, default=5000)
    options = parser.parse_args()
    try:
        import nncf
        import openvino
    except ImportError as error:
        fail(f"{sys.executable} lacks {error.name}", "./run setup-train quantize", 2)
    if options.output.exists():
        fail(f"{options.output} exists", "name a folder that is not there yet", 2)
    info = json.loads((options.folder / "example_info.json").read_text())
    images, labels = read_examples(options.examples, info["shape"], options.calibration + options.limit)
    apart = len(images) > options.calibration
    tested, their_labels = (images[options.calibration:], labels[options.calibration:]) if apart else (images, labels)
    if not apart:
        print("warning: too few examples to compare on others than those of the calibration", file=sys.stderr)

    network = openvino.Core().read_model(network_path(options.folder))
    network.reshape([-1, *info["shape"]])
    samples = nncf.Dataset([scaled(image[None]) for image in images[:options.calibration]])
    before, cpu_before = answers(openvino, network, tested)
    quantized = nncf.quantize(network, samples, subset_size=min(options.calibration, len(images)),
                              advanced_parameters=nncf.AdvancedQuantizationParameters(overflow_fix=nncf.quantization.advanced_parameters.OverflowFix.ENABLE))
    after, cpu_after = answers(openvino, quantized, tested)

    options.output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=options.output.parent, prefix=".quantize") as scratch:
        made = pathlib.Path(scratch) / "model"
        made.mkdir()
        openvino.save_model(quantized, made / "model.xml", compress_to_fp16=False)
        info["version"] += " int8"
        (made / "example_info.json").write_text(json.dumps(info) + "\n")
        for name in ["MODEL_CARD.md", *cascade_files(options.folder)]:
            if (options.folder / name).exists():
                shutil.copy(options.folder / name, made)
        made.rename(options.output)
    print("\n".join(report(before, after, their_labels, (cpu_before, cpu_after))))


if __name__ == "__main__":
    main()
