"""An InceptionV3 SavedModel as DeepVariant makes it, with random but varied weights.

    TF_USE_LEGACY_KERAS=1 python make_inception.py --rows 100 --width 221 --channels 1,2,3,4,5,6,19 --out FOLDER [--keras 3]

The backbone is tf.keras.applications.InceptionV3 without its top, average pooling, dropout, and a softmax layer named
`classification`, saved by tf.saved_model.save (keras_modeling.py, convert_to_saved_model.py of DeepVariant 1.9). Batch
normalisation is set to what calibration images give, and the last layer to answers that vary.

SPDX-License-Identifier: BSD-3-Clause
"""
import argparse
import json
import os
import pathlib

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--rows", type=int, default=100)
parser.add_argument("--width", type=int, default=221)
parser.add_argument("--channels", default="1,2,3,4,5,6,19", help="numbers, as in example_info.json")
parser.add_argument("--keras", type=int, choices=(2, 3), default=2)
parser.add_argument("--seed", type=int, default=20241125)
parser.add_argument("--out", type=pathlib.Path, required=True)
options = parser.parse_args()

os.environ["TF_USE_LEGACY_KERAS"] = "1" if options.keras == 2 else "0"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

from images import like_pileups  # noqa: E402

channels = [int(number) for number in options.channels.split(",")]
shape = (options.rows, options.width, len(channels))
tf.keras.utils.set_random_seed(options.seed)
random = np.random.default_rng(options.seed)
backbone = tf.keras.applications.InceptionV3(include_top=False, weights=None, input_shape=shape, classes=3, pooling="avg")
hidden = tf.keras.layers.Dropout(0.2)(backbone.output)
answer = tf.keras.layers.Dense(3, activation="softmax", dtype="float32", name="classification")(hidden)
model = tf.keras.Model(inputs=backbone.input, outputs=[answer], name="inceptionv3")

images = (like_pileups(32, shape, options.seed).astype("float32") - 128) / 128
for layer in model.layers:
    if isinstance(layer, tf.keras.layers.Conv2D):
        shape_of_kernel = layer.get_weights()[0].shape
        kernel = random.normal(0, np.sqrt(2 / np.prod(shape_of_kernel[:3])), shape_of_kernel)
        layer.set_weights([kernel - kernel.mean(axis=(0, 1, 2))])  # of zero sum: rounding grows less from layer to layer
    if isinstance(layer, tf.keras.layers.BatchNormalization):
        layer.momentum = 0.0  # the moving statistics become those of the one batch
        beta, mean, variance = layer.get_weights()
        layer.set_weights([random.normal(0.1, 0.3, beta.shape), mean, variance])
model(images, training=True)
features = tf.keras.Model(backbone.input, backbone.output)(images, training=False).numpy()
# Along the directions in which images differ most, as training would have it: others would only amplify rounding, and so
# would steeper ones. TensorFlow itself is then some 5e-6 from the same network in float64.
mean = features.mean(axis=0)
_, spread, directions = np.linalg.svd(features - mean, full_matrices=False)
mix = np.linalg.qr(random.normal(0, 1, (3, 3)))[0]
kernel = (directions[:3].T * (1.2 * np.sqrt(len(images)) / spread[:3])) @ mix
model.get_layer("classification").set_weights([kernel, -mean @ kernel])

tf.saved_model.save(model, str(options.out))
(options.out / "example_info.json").write_text(json.dumps({"version": "1.9.0", "shape": shape, "channels": channels}) + "\n")
answers = model(images, training=False).numpy()
print(f"{options.out}: {model.count_params()} parameters, answers between {answers.min(axis=0)} and {answers.max(axis=0)}")
