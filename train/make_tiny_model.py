#!/usr/bin/env python3
"""Writes the network that the tests run: a few hundred random weights, a few kilobytes, useless for calling.

usage: make_tiny_model.py FOLDER        (tests/data/tiny_model; needs numpy and onnx)

It has the face of a trained one: input `images` float32 [n][rows][width][channels], already (x - 128) / 128; output
`probabilities` float32 [n][3] out of a softmax.
"""
import json
import pathlib
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

SEED = 20240607
HEIGHT_PANGENOME, HEIGHT_READS, WIDTH = 12, 20, 33
CHANNELS = [1, 2, 3, 4, 5, 6, 19]
FILTERS = 8


def network():
    random = numpy.random.default_rng(SEED)
    weights = {
        "kernel": random.normal(0, 0.3, (FILTERS, len(CHANNELS), 3, 3)),
        "bias": random.normal(0, 0.3, FILTERS),
        "dense": random.normal(0, 3, (FILTERS, 3)),
        "offset": random.normal(0, 0.1, 3),
    }
    nodes = [
        helper.make_node("Transpose", ["images"], ["planes"], perm=[0, 3, 1, 2]),
        helper.make_node("Conv", ["planes", "kernel", "bias"], ["seen"], strides=[2, 2]),
        helper.make_node("Relu", ["seen"], ["lit"]),
        helper.make_node("GlobalAveragePool", ["lit"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["features"]),
        helper.make_node("Gemm", ["features", "dense", "offset"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
    ]
    image = ["n", HEIGHT_PANGENOME + HEIGHT_READS, WIDTH, len(CHANNELS)]
    graph = helper.make_graph(
        nodes, "tiny",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, image)],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["n", 3])],
        [numpy_helper.from_array(value.astype(numpy.float32), name) for name, value in weights.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="haploom")
    onnx.checker.check_model(model)
    return model


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(network(), folder / "model.onnx")
    info = {"version": "tiny", "shape": [HEIGHT_PANGENOME + HEIGHT_READS, WIDTH, len(CHANNELS)], "channels": CHANNELS,
            "height_pangenome": HEIGHT_PANGENOME, "height_reads": HEIGHT_READS}
    (folder / "example_info.json").write_text(json.dumps(info) + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main()
