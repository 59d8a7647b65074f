"""What TensorFlow answers to images, as call_variants.py asks it, and the CPU it takes. JSON on stdout.

    python tensorflow_answers.py MODEL_FOLDER IMAGES.u8 [--threads 1] [--batch 32] [--rounds 1]

IMAGES.u8 holds whole images of the model's shape, bytes as they stand in an example. One round warms up, and the CPU is
that of the cheapest of the others.

SPDX-License-Identifier: BSD-3-Clause
"""
import argparse
import json
import os
import pathlib
import resource
import time

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("folder", type=pathlib.Path)
parser.add_argument("images", type=pathlib.Path)
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--batch", type=int, default=32)
parser.add_argument("--rounds", type=int, default=1)
options = parser.parse_args()

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("KMP_BLOCKTIME", "0")  # call_variants.py
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

tf.config.threading.set_intra_op_parallelism_threads(options.threads)
tf.config.threading.set_inter_op_parallelism_threads(1)
shape = json.loads((options.folder / "example_info.json").read_text())["shape"]
images = np.fromfile(options.images, np.uint8).reshape(-1, *shape)
start = time.process_time()
model = tf.saved_model.load(str(options.folder))
ask = model.signatures["serving_default"]
name = next(iter(ask.structured_input_signature[1]))


def answers():
    out = []
    for first in range(0, len(images), options.batch):
        batch = (tf.cast(images[first : first + options.batch], tf.float32) - 128.0) / 128.0
        out.append(next(iter(ask(**{name: batch}).values())).numpy())
    return np.concatenate(out)


found = answers()
loaded = time.process_time()
rounds = []
for _ in range(options.rounds):
    before = time.process_time()
    found = answers()
    rounds.append(time.process_time() - before)
cpu = min(rounds)
print(json.dumps({"load_cpu_s": loaded - start, "images": len(images), "cpu_s": cpu, "cpu_s_per_1000": cpu * 1000 / len(images),
                  "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10, "answers": found.astype(float).tolist()}))
