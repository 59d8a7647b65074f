"""Labelled examples on disk, and the batches that are drawn from them.

A set is PREFIX.images.u8 (uint8 [n][rows][width][channels]), PREFIX.labels.u8 (label.py) and PREFIX.sites.tsv. Images stay
in the files (memory maps); only labels and kinds are read at the start.
"""
import csv
import os

import numpy as np

from .label import UNSURE

SNP, INDEL = 0, 1


def kind_of(row):
    """Of the candidate of a row of sites: one with an insertion or deletion among its alts is an indel."""
    return SNP if len(row['ref']) == 1 and all(len(alt) == 1 for alt in row['alts'].split(',')) else INDEL


class Examples:
    """The labelled images of one set. index: positions in the file; label, kind: of each of them."""

    def __init__(self, prefix, shape):
        self.name = os.path.basename(prefix)
        labels = np.fromfile(prefix + '.labels.u8', np.uint8)
        size = os.path.getsize(prefix + '.images.u8')
        if size != len(labels) * int(np.prod(shape)):
            raise ValueError(f'{prefix}.images.u8 has {size} bytes, {len(labels)} images of {shape} were expected: draw the examples again')
        self.images = np.memmap(prefix + '.images.u8', np.uint8, 'r', shape=(len(labels), *shape)) if len(labels) else np.zeros((0, *shape), np.uint8)
        kinds, shares = np.zeros(len(labels), np.uint8), np.zeros(len(labels), np.float32)
        with open(prefix + '.sites.tsv') as f:
            for i, row in enumerate(csv.DictReader(f, delimiter='\t')):
                kinds[i] = kind_of(row)
                depth = [int(x) for x in row['allele_depth'].split(',')]
                shares[i] = sum(depth[1 + int(j)] for j in row['alt_set'].split(',')) / max(1, int(row['depth']))
        self.index = np.flatnonzero(labels != UNSURE)
        self.label, self.kind, self.share = labels[self.index], kinds[self.index], shares[self.index]

    def __len__(self):
        return len(self.index)

    def thin(self, fraction, rng, below=0.15):
        """Keeps a random `fraction` of the images without a copy whose alleles few reads bear; everything else stays."""
        easy = (self.label == 0) & (self.share < below)
        self.take(~easy | (rng.random(len(easy)) < fraction))
        return self

    def take(self, chosen):
        self.index, self.label, self.kind, self.share = self.index[chosen], self.label[chosen], self.kind[chosen], self.share[chosen]

    def batch(self, positions):
        """Images, labels, kinds at positions of the index."""
        return self.images[self.index[positions]], self.label[positions], self.kind[positions]


class Pooled:
    """Several sets as one."""

    def __init__(self, sets):
        self.sets = [s for s in sets if len(s)]
        self.offset = np.concatenate([[0], np.cumsum([len(s) for s in self.sets])])
        self.label = np.concatenate([s.label for s in self.sets])
        self.kind = np.concatenate([s.kind for s in self.sets])

    def __len__(self):
        return int(self.offset[-1])

    def batch(self, positions):
        which = np.searchsorted(self.offset, positions, 'right') - 1
        images = np.empty((len(positions), *self.sets[0].images.shape[1:]), np.uint8)
        for s in np.unique(which):
            here = np.flatnonzero(which == s)
            order = here[np.argsort(positions[here])]  # rising places in the file
            images[order] = self.sets[s].images[self.sets[s].index[positions[order] - self.offset[s]]]
        return images, self.label[positions], self.kind[positions]

    def epoch(self, size, rng):
        """Shuffled positions in batches of `size`; the rest that fills no batch is left for another epoch."""
        order = rng.permutation(len(self))
        for i in range(0, len(order) - size + 1, size):
            yield order[i:i + size]
