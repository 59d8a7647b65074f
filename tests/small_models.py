"""A small model as the tests need one: weights out of a seed, written as OpenVINO IR, and the same in numpy."""
import numpy
import openvino
from openvino import opset13 as ops

HIDDEN = 24


class SmallModel:
    """features -> 24 (ReLU) -> 3 (softmax). spread: how far the answers are from one third each."""

    def __init__(self, features, seed=1, spread=3.0):
        random = numpy.random.default_rng(seed)
        self.features = features
        layers = [(random.normal(0, 1 / (20 * features ** 0.5), (features, HIDDEN)), random.normal(0, 0.5, HIDDEN)),
                  (random.normal(0, spread / HIDDEN ** 0.5, (HIDDEN, 3)), random.normal(0, 0.5, 3))]
        self.layers = [(weights.astype(numpy.float32), bias.astype(numpy.float32)) for weights, bias in layers]

    def save(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        rows = at = ops.parameter([-1, self.features], numpy.float32, name="rows")
        for number, (weights, bias) in enumerate(self.layers):
            at = ops.add(ops.matmul(at, ops.constant(weights), False, False), ops.constant(bias))
            at = ops.softmax(at, axis=1) if number else ops.relu(at)
        openvino.save_model(openvino.Model([at], [rows], "small"), folder / "model.xml", compress_to_fp16=False)
        return folder

    def answers(self, rows):
        at = numpy.asarray(rows, dtype=numpy.float32).reshape(-1, self.features).astype(numpy.float64)
        (weights, bias), (last, last_bias) = self.layers
        logits = numpy.maximum(at @ weights + bias, 0) @ last + last_bias
        exponents = numpy.exp(logits - logits.max(axis=1, keepdims=True))
        return exponents / exponents.sum(axis=1, keepdims=True)


def quality(probabilities):
    """Of an answer. Source: ptrue_to_bounded_phred in genomics_math.py with the bound of small_model/inference.py"""
    return -10 * numpy.log10(1 - min(max(probabilities), 1 - 1e-7))
