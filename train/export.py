"""A trained network -> models/NAME: model.onnx and example_info.json, what haploom loads.

The ONNX graph takes `images` float32 [n][rows][width][channels], already scaled, and gives `probabilities` float32 [n][3];
n is free. Batch normalisation is folded into the convolutions. example_info.json names shape and channels as upstream's
does, and the heights of the two blocks.
"""
import copy
import json
import os

import numpy as np
import torch
from torch.nn.utils.fusion import fuse_conv_bn_eval

from .network import Layer

VERSION = '2'


def folded(network):
    """A copy in evaluation mode whose batch normalisations are part of the convolutions before them."""
    out = copy.deepcopy(network).eval()
    for module in out.modules():
        if isinstance(module, Layer):
            module[0], module[1] = fuse_conv_bn_eval(module[0], module[1]), torch.nn.Identity()
    out.again, out.again_norm = fuse_conv_bn_eval(out.again, out.again_norm), torch.nn.Identity()
    return out


def write_onnx(network, shape, path):
    example = torch.zeros(2, *shape)
    torch.onnx.export(folded(network), (example,), path, input_names=['images'], output_names=['probabilities'],
                      dynamic_axes={'images': {0: 'n'}, 'probabilities': {0: 'n'}}, opset_version=17, dynamo=False)


def write_info(folder, shape, channels, height_pangenome, flags):
    info = dict(version=VERSION, shape=list(shape), channels=list(channels), height_pangenome=height_pangenome,
                height_reads=shape[0] - height_pangenome)
    if flags:
        info['flags_for_calling'] = flags
    with open(os.path.join(folder, 'example_info.json'), 'w') as f:
        json.dump(info, f)
        f.write('\n')


def export(network, shape, channels, height_pangenome, folder, flags=None):
    """Writes the model folder; flags: those of make_examples that the images were drawn with. Returns the largest difference of an answer between the network and its folded copy."""
    os.makedirs(folder, exist_ok=True)
    write_onnx(network, shape, os.path.join(folder, 'model.onnx'))
    write_info(folder, shape, channels, height_pangenome, flags)
    images = torch.from_numpy(np.random.default_rng(1).uniform(-1, 1, (4, *shape)).astype(np.float32))
    with torch.no_grad():
        return float((network.eval()(images) - folded(network)(images)).abs().max())
