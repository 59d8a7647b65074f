"""The network: probabilities of 0, 1 and 2 copies of an image's alleles.

In:   float32 [n][rows][width][channels], (pixel - 128) / 128, as call_variants.py scales; the height of the upper block
      (haplotypes) is fixed when the network is made
Out:  float32 [n][3], softmax

Reads are a set: each row goes through the same convolutions along itself, a fine one around the variant and a coarse one
over the whole width, and becomes one vector. Rows are then pooled three ways; the gated mean is a mean over the rows that
the network itself finds relevant, so that the share of reads that bear an allele is there as a number. A second round sees
each read beside what the pool, the haplotypes and the reference say. No layer knows a row's place: reads may be dropped
and reordered freely. About 20 million multiply-adds an image.
"""
import torch
from torch import nn

FINE = 12         # columns on each side of the variant that are seen at full resolution
HAPLOTYPE_FINE = 8
REFERENCE = 32    # columns on each side of the reference row
REFERENCE_ROWS = 5


class Layer(nn.Sequential):
    """Convolution along rows, normalised; with a width of 1 a dense layer on each place."""

    def __init__(self, inputs, outputs, width=1, stride=1, pad=True):
        super().__init__(nn.Conv2d(inputs, outputs, (1, width), (1, stride), (0, width // 2 if pad else 0), bias=False),
                         nn.BatchNorm2d(outputs), nn.ReLU(inplace=True))


class Rows(nn.Module):
    """[n][channels][rows][width] -> a vector for each row [n][size][rows][1], and the fine features [n][features][rows][columns]."""

    def __init__(self, channels, fine, widths, size, image_width):
        super().__init__()
        a, b, c = widths
        self.left, self.right = image_width // 2 - fine, image_width // 2 + fine + 1
        self.first = nn.Sequential(Layer(channels, a, 3), Layer(a, a, 5))
        columns = fine * 2 + 1
        halved = (columns + 1) // 2
        self.second = nn.Sequential(Layer(a, b, 3, 2), Layer(b, c, halved, pad=False))
        quarter = (image_width + 3) // 4
        self.coarse = nn.Sequential(Layer(channels, 16, 5, 4), Layer(16, 32, 5, 2), Layer(32, 32, (quarter + 1) // 2, pad=False))
        self.joined = Layer(c + 32, size)

    def forward(self, x):
        fine = self.first(x[:, :, :, self.left:self.right])
        return self.joined(torch.cat([self.second(fine), self.coarse(x)], 1)), fine


class Pool(nn.Module):
    """[n][size][rows][1] -> [n][3 * size]: mean, maximum, and a mean over the rows that a gate picks."""

    def __init__(self, size):
        super().__init__()
        self.gate = nn.Conv2d(size, size, 1)

    def forward(self, rows):
        gate = torch.sigmoid(self.gate(rows))
        gated = (gate * rows).sum((2, 3)) / (gate.sum((2, 3)) + 1.0)
        return torch.cat([rows.mean((2, 3)), rows.amax((2, 3)), gated], 1)


class Network(nn.Module):
    def __init__(self, shape=(110, 129, 7), height_pangenome=50, size=96, haplotype_size=32):
        super().__init__()
        rows, width, channels = shape
        self.height_pangenome, self.middle = height_pangenome, width // 2
        self.reads = Rows(channels, FINE, (32, 48, 64), size, width)
        self.haplotypes = Rows(channels, HAPLOTYPE_FINE, (16, 32, 32), haplotype_size, width)
        self.reads_pool, self.haplotypes_pool = Pool(size), Pool(haplotype_size)
        self.reference = nn.Sequential(Layer(channels, 24, 5), Layer(24, 32, 5, 2), Layer(32, 32, 5, 2), nn.Flatten())
        self.profile = nn.Sequential(Layer(32, 32, 5, 2), Layer(32, 16, 3), nn.Flatten())
        about = 32 * ((REFERENCE * 2 + 1 + 3) // 4) + 16 * (FINE + 1)
        context = 3 * size + 3 * haplotype_size
        self.about = nn.Sequential(nn.Linear(about, 64), nn.ReLU(inplace=True))
        self.context = nn.Linear(context + 64, size)
        self.again = nn.Conv2d(size, size, 1, bias=False)
        self.again_norm = nn.BatchNorm2d(size)
        self.again_pool = Pool(size)
        self.head = nn.Sequential(nn.Linear(context + 64 + 3 * size, 128), nn.ReLU(inplace=True), nn.Dropout(0.1), nn.Linear(128, 3))

    def logits(self, images):
        x = images.permute(0, 3, 1, 2)
        upper, lower = x[:, :, REFERENCE_ROWS:self.height_pangenome], x[:, :, self.height_pangenome + REFERENCE_ROWS:]
        reference = x[:, :, self.height_pangenome:self.height_pangenome + 1, self.middle - REFERENCE:self.middle + REFERENCE + 1]
        rows, fine = self.reads(lower)
        haplotypes, _ = self.haplotypes(upper)
        about = self.about(torch.cat([self.reference(reference), self.profile(fine.mean(2, keepdim=True))], 1))
        context = torch.cat([self.reads_pool(rows), self.haplotypes_pool(haplotypes), about], 1)
        again = torch.relu(self.again_norm(self.again(rows)) + self.context(context)[:, :, None, None])
        return self.head(torch.cat([context, self.again_pool(again)], 1))

    def forward(self, images):
        return torch.softmax(self.logits(images), 1)


def scaled(images):
    """uint8 tensor -> float32, (x - 128) / 128"""
    return (images.float() - 128.0) / 128.0


def multiply_adds(network, shape):
    """Of one image, in the convolutions and dense layers."""
    total, hooks = [0], []

    def count(module, _, out):
        weights = module.weight
        places = out.shape[2] * out.shape[3] if out.dim() == 4 else 1
        total[0] += weights.numel() * places

    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            hooks.append(module.register_forward_hook(count))
    with torch.no_grad():
        network.eval()(torch.zeros(1, *shape))
    for hook in hooks:
        hook.remove()
    return total[0]
