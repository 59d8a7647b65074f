"""Files of examples made of any images, for tests that care for the network alone.

Field numbers are those of tf.train.Example and DeepVariant 1.9's protos.
"""
import json

import tf_records
from tf_records import data, packed_ints, text


def _feature(values):
    if isinstance(values, bytes):
        return data(1, data(1, values))
    return data(3, packed_ints(1, values))


def example(image, shape, position, label=None):
    """image: bytes."""
    site = tf_records.site("chr1", position, "A", ["C"], [1, 1])
    features = {"image/encoded": bytes(image), "image/shape": list(shape), "variant/encoded": tf_records.variant(site),
                "alt_allele_indices/encoded": packed_ints(1, [0]), "locus": f"chr1:{position + 1}-{position + 1}".encode(),
                "variant_type": [1], "sequencing_type": [0]}
    if label is not None:
        features["label"] = [label]
    return data(1, b"".join(data(1, text(1, key) + data(2, _feature(value))) for key, value in features.items()))


def write(path, images, shape, channels, labels=None):
    """images: arrays or bytes of `shape`. With the example_info.json that belongs beside the file."""
    labels = labels or [None] * len(images)
    tf_records.write(path, [example(bytes(image.tobytes() if hasattr(image, "tobytes") else image), shape, 10 + i, label)
                            for i, (image, label) in enumerate(zip(images, labels))])
    path.with_name(path.name + ".example_info.json").write_text(
        json.dumps({"version": "1.9.0", "shape": list(shape), "channels": list(channels)}))
    return path


def probabilities(path):
    """Of a file of call outputs, in the file's order."""
    from dv_records import call_output
    return [call_output(record)["genotype_probabilities"] for record in tf_records.read(path)]
