#!/usr/bin/env python3
"""Networks of other designs, each trained from nothing for the same CPU time on the same images (docs/cascade.md).

  compare_networks.py --examples DIR --minutes M [--only NAME ...] [--info models/wgs/example_info.json]

In:   DIR of make_examples.py --open; sets named watch* are not trained on, they are what is counted
Out:  a line of a Markdown table for each design: cost of an image, images seen in the time, errors on the watched images
"""
import argparse
import copy
import os
import sys
import time

os.environ.setdefault('OMP_WAIT_POLICY', 'passive')

import numpy as np  # noqa: E402
import torch  # noqa: E402
from torch import nn  # noqa: E402

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from train.augment import augment  # noqa: E402
from train.figures import KINDS, figures  # noqa: E402
from train.fit import Schedule, average, descend, load_info, load_sets, predict, without_panel  # noqa: E402
from train.network import REFERENCE_ROWS, Network, multiply_adds  # noqa: E402


class Seen(nn.Module):
    """The network of network.py, shown something else than the whole picture. see: images -> images of `shape`."""

    def __init__(self, see, shape, height_pangenome):
        super().__init__()
        self.see, self.network = see, Network(shape, height_pangenome)

    def logits(self, images):
        return self.network.logits(self.see(images))

    def forward(self, images):
        return torch.softmax(self.logits(images), 1)


def rows_as_set(shape, height):
    return Network(shape, height)


def narrow(shape, height, width=65):
    first = (shape[1] - width) // 2
    return Seen(lambda x: x[:, :, first:first + width], (shape[0], width, shape[2]), height)


def low(shape, height, haplotypes=20, reads=30):
    """Fewer rows of each block: the reads that are drawn first, which are not the lower depth of all."""
    upper, lower = REFERENCE_ROWS + haplotypes, REFERENCE_ROWS + reads
    return Seen(lambda x: torch.cat([x[:, :upper], x[:, height:height + lower]], 1), (upper + lower, *shape[1:]), upper)


def haplotypes_as_channels(shape, height):
    """Every row of reads bears, as channels, the mean of the haplotypes' rows: what the panel has at its columns."""
    def see(x):
        haplotypes = x[:, REFERENCE_ROWS:height]
        there = (haplotypes[..., :1].amax(2, keepdim=True) > -1).float()  # -1: an empty pixel
        mean = (haplotypes * there).sum(1, keepdim=True) / there.sum(1, keepdim=True).clamp(min=1)
        lower = torch.cat([x[:, height:], mean.expand(-1, x.shape[1] - height, -1, -1)], 3)
        return torch.cat([lower[:, :REFERENCE_ROWS + 1], lower], 1)  # the upper block: the reference rows and one row
    return Seen(see, (shape[0] - height + REFERENCE_ROWS + 1, shape[1], 2 * shape[2]), REFERENCE_ROWS + 1)


def one_haplotype(shape, height):
    return Seen(lambda x: torch.cat([x[:, :REFERENCE_ROWS + 1], x[:, height:]], 1), (shape[0] - height + REFERENCE_ROWS + 1, *shape[1:]), REFERENCE_ROWS + 1)


class Picture(nn.Module):
    """Convolutions over rows and columns alike, as image classifiers have them: order and place of the rows count."""

    def __init__(self, shape, widths=(16, 32, 64, 96)):
        super().__init__()
        layers, inputs = [], shape[2]
        for i, outputs in enumerate(widths):
            layers += [nn.Conv2d(inputs, outputs, 3, 2 if i else (2, 1), 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)]
            if i:
                layers += [nn.Conv2d(outputs, outputs, 3, 1, 1, groups=outputs, bias=False), nn.Conv2d(outputs, outputs, 1, bias=False),
                           nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)]
            inputs = outputs
        self.features = nn.Sequential(*layers)
        self.head = nn.Sequential(nn.Linear(2 * inputs, 128), nn.ReLU(inplace=True), nn.Dropout(0.1), nn.Linear(128, 3))

    def logits(self, images):
        x = self.features(images.permute(0, 3, 1, 2))
        return self.head(torch.cat([x.mean((2, 3)), x.amax((2, 3))], 1))

    def forward(self, images):
        return torch.softmax(self.logits(images), 1)


DESIGNS = {
    'rows as sets (shipped)': rows_as_set,
    'rows as sets, 65 columns': narrow,
    'rows as sets, 20 haplotypes, 30 reads': low,
    'haplotypes as channels': haplotypes_as_channels,
    'one haplotype': one_haplotype,
    'picture': lambda shape, height: Picture(shape),
}


def train(network, data, height, channels, a):
    """Returns the averaged network and how many images it saw."""
    mean = copy.deepcopy(network)
    optimizer = torch.optim.AdamW(network.parameters(), lr=a.rate, weight_decay=0.02)
    schedule = Schedule(a, 0)
    rng = np.random.default_rng(a.seed)
    step, start = 0, time.process_time()
    while True:
        for positions in data.epoch(a.batch, rng):
            progress = schedule.progress(step, time.process_time() - start)
            if progress >= 1.0:
                return mean, step * a.batch
            images, labels, _ = data.batch(positions)
            augment(images, height, channels, rng)
            descend(network, optimizer, torch.from_numpy(images), torch.from_numpy(labels.astype(np.int64)), schedule.rate(step, progress))
            average(mean, network, min(0.999, (1 + step) / (10 + step)))
            step += 1


class Clock:
    """CPU seconds that a network spends on answers."""

    def __init__(self, network):
        self.spent = 0.0
        network.register_forward_pre_hook(self.begin)
        network.register_forward_hook(self.end)

    def begin(self, *_):
        self.spent -= time.process_time()

    def end(self, *_):
        self.spent += time.process_time()


def errors(watch, network, change=None):
    wrong, variants, loss, cost = dict.fromkeys(KINDS, 0), dict.fromkeys(KINDS, 0), [], []
    clock = Clock(network)
    for data in watch.values():
        before = clock.spent
        f = figures(predict(network, data, change), data.label, data.kind)
        cost.append(1000 * (clock.spent - before) / max(1, len(data)))
        loss.append((f['loss'], len(data)))
        for kind in KINDS:
            wrong[kind] += f[kind]['missed'] + f[kind]['false'] + f[kind]['copies']
            variants[kind] += f[kind]['variants']
    return wrong, variants, sum(x * n for x, n in loss) / sum(n for _, n in loss), float(np.mean(cost))


def main():
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--examples', required=True)
    ap.add_argument('--minutes', type=float, required=True, help='of one CPU, for each design')
    ap.add_argument('--info', default=os.path.join(here, 'models', 'wgs', 'example_info.json'))
    ap.add_argument('--only', nargs='*', choices=DESIGNS)
    ap.add_argument('--seed', type=int, default=1)
    ap.add_argument('--batch', type=int, default=128)
    ap.add_argument('--rate', type=float, default=2e-3)
    ap.add_argument('--thin', type=float, default=1.0, help='share of easy images without a copy that is kept')
    a = ap.parse_args()
    a.epochs, a.warmup = None, 100
    torch.set_num_threads(1)
    shape, channels, height, _ = load_info(a.info)
    data, watch = load_sets(a.examples, shape, a.thin, np.random.default_rng(a.seed))
    print(f'{len(data)} images to train on, {sum(map(len, watch.values()))} watched; {a.minutes:g} CPU-minutes for each design\n')
    print('| design | multiply-adds, M | CPU-s for 1000 images | images seen | SNP errors | indel errors | loss | without panel: SNP | indel |\n|---|---|---|---|---|---|---|---|---|')
    for name in a.only or DESIGNS:
        torch.manual_seed(a.seed)
        network, seen = train(DESIGNS[name](shape, height), data, height, channels, a)
        wrong, variants, loss, cost = errors(watch, network)
        bare, _, _, _ = errors(watch, network, without_panel(height))
        print(f"| {name} | {multiply_adds(network, shape) / 1e6:.1f} | {cost:.2f} | {seen} | {wrong['SNP']} of {variants['SNP']} | {wrong['INDEL']} of {variants['INDEL']} | {loss:.4f} "
              f"| {bare['SNP']} | {bare['INDEL']} |", flush=True)


if __name__ == '__main__':
    main()
