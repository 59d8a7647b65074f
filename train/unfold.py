"""models/NAME -> a network that can be trained on: the batch normalisations that export.py folded away come back.

A normalisation's mean and variance are measured on images that the caller gives, and its scale and shift are chosen so that
it undoes them: evaluated, the network answers what model.onnx answers; trained, its batches are normalised as they would be.
"""
import os

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from .export import folded
from .network import Layer, Network, scaled


def pairs(network):
    """Every (convolution, its normalisation), with the convolution's name."""
    for name, module in network.named_modules():
        if isinstance(module, Layer):
            yield f'{name}.0', module[0], module[1]
    yield 'again', network.again, network.again_norm


def folded_network(folder, shape, height_pangenome):
    graph = onnx.load(os.path.join(folder, 'model.onnx')).graph
    weights = {tensor.name: torch.from_numpy(numpy_helper.to_array(tensor).copy()) for tensor in graph.initializer}
    network = folded(Network(shape, height_pangenome))
    network.load_state_dict({name: weights[name] for name in network.state_dict()})
    return network


def moments(network, convolutions, images, size=128):
    """{name: (mean, variance)} of each convolution's output, by channel and without its bias, over the images."""
    sums, hooks = {}, []

    def watch(name):
        def hook(module, _, out):
            out = out.double() - module.bias.double()[None, :, None, None]
            n, total, squares = sums.get(name, (0, 0, 0))
            sums[name] = (n + out.numel() // out.shape[1], total + out.sum((0, 2, 3)), squares + (out * out).sum((0, 2, 3)))
        return hook

    for name in convolutions:
        hooks.append(network.get_submodule(name).register_forward_hook(watch(name)))
    with torch.no_grad():
        for i in range(0, len(images), size):
            network(scaled(torch.from_numpy(np.ascontiguousarray(images[i:i + size]))))
    for hook in hooks:
        hook.remove()
    return {name: (total / n, squares / n - (total / n) ** 2) for name, (n, total, squares) in sums.items()}


def unfolded(folder, shape, height_pangenome, images):
    """images: uint8 [n][rows][width][channels], a few hundred of those that will be trained on."""
    source = folded_network(folder, shape, height_pangenome)
    network = Network(shape, height_pangenome)
    plain = source.state_dict()
    network.load_state_dict({name: plain[name] for name in network.state_dict() if name in plain}, strict=False)
    normalised = list(pairs(network))
    measured = moments(source, [name for name, _, _ in normalised], images)
    with torch.no_grad():
        for name, _, normalisation in normalised:
            mean, variance = measured[name]
            normalisation.running_mean.copy_(mean)
            normalisation.running_var.copy_(variance.clamp(min=0))
            normalisation.weight.copy_(torch.sqrt(normalisation.running_var + normalisation.eps))
            normalisation.bias.copy_(plain[f'{name}.bias'] + mean)
    return network
