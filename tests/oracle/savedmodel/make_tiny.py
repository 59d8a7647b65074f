"""tests/data/tiny_saved_model: a SavedModel as DeepVariant's are, but small enough to lie in the repository.

    TF_USE_LEGACY_KERAS=1 python make_tiny.py --out ../../data/tiny_saved_model

Prints what TensorFlow answers to images that model_test.cc makes too.

SPDX-License-Identifier: BSD-3-Clause
"""
import argparse
import json
import os
import pathlib

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--out", type=pathlib.Path, required=True)
options = parser.parse_args()

os.environ["TF_USE_LEGACY_KERAS"] = "1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

SHAPE = (20, 33, 7)
tf.keras.utils.set_random_seed(3)
layers = tf.keras.layers
images = layers.Input(SHAPE)
hidden = layers.Conv2D(6, 5, strides=3, use_bias=False)(images)
hidden = layers.BatchNormalization(scale=False)(hidden)
hidden = layers.Activation("relu")(hidden)
hidden = layers.GlobalAveragePooling2D()(hidden)
hidden = layers.Dropout(0.2)(hidden)
model = tf.keras.Model(images, layers.Dense(3, activation="softmax", name="classification", kernel_initializer="random_normal")(hidden))
dense = model.get_layer("classification")
dense.set_weights([np.random.default_rng(3).normal(0, 0.7, weights.shape) for weights in dense.get_weights()])

# The face and the variables of tf.saved_model.save(model), without what training wants: a tenth of the bytes.
served = tf.Module()
served.weights = model.weights
signature = tf.function(lambda input_1: {"classification": model(input_1, training=False)},
                        input_signature=[tf.TensorSpec((None, *SHAPE), tf.float32, "input_1")])
tf.saved_model.save(served, str(options.out), signatures=signature)
(options.out / "fingerprint.pb").unlink(missing_ok=True)
(options.out / "example_info.json").write_text(json.dumps({"version": "tiny", "shape": SHAPE, "channels": [1, 2, 3, 4, 5, 6, 19]}) + "\n")

for level in (0, 128, 255):  # flat images, and one whose bytes count up
    print(level, model(np.full((1, *SHAPE), (level - 128) / 128, "float32")).numpy()[0])
counted = np.arange(np.prod(SHAPE)) % 251
print("counted", model(((counted - 128) / 128).astype("float32").reshape(1, *SHAPE)).numpy()[0])
