"""Loci at which a share of the reads goes on with foreign sequence: the aligner clips the tail, or puts mismatches where it is short.

adapter    read through a short insert: the 3' end of reads of either strand is adapter, then noise
inverted   the other strand of a place nearby, as enzymatic fragmentation makes (hairpins at inverted repeats)
chimera    sequence from anywhere in the region, either strand
The share of a locus, its kind and its side are drawn once; every read of the locus breaks within a few bases of it.
"""
import numpy as np

from .sequence import COMPLEMENT, encode

ADAPTER = encode('AGATCGGAAGAGCACACGTCTGAACTCCAGTCAC')  # of TruSeq's read 1, published by Illumina
KINDS = ('adapter', 'inverted', 'chimera')
SHARES = (0.05, 0.5)   # of the reads across a locus
JITTER = 4             # bases
NEARBY = 400
LONGEST = 300          # bases of tail; a longer one repeats itself


class ClipBursts:
    def __init__(self, ref, per_100kb, rng):
        codes = encode(ref)
        self.rng, self.tails_written = rng, 0
        self.loci = []  # (position, share, kind, side, tail): side 1 is rightwards; tail[0] stands next to the break
        for _ in range(int(round(len(codes) / 1e5 * per_100kb))):
            place, share = int(rng.integers(LONGEST, len(codes) - LONGEST)), rng.uniform(*SHARES)
            kind, side = KINDS[rng.integers(len(KINDS))], int(rng.integers(2))
            self.loci.append((place, share, kind, side, self.tail(codes, place, kind, side)))

    def tail(self, codes, place, kind, side):
        rng = self.rng
        if kind == 'adapter':
            return np.concatenate([ADAPTER, rng.integers(0, 4, LONGEST - len(ADAPTER)).astype(np.uint8)])
        near = kind == 'inverted'
        lo, hi = (max(0, place - NEARBY), min(len(codes) - LONGEST, place + NEARBY)) if near else (0, len(codes) - LONGEST)
        at = int(rng.integers(lo, max(hi, lo + 1)))
        piece = codes[at:at + LONGEST]
        turned = near or rng.random() < 0.5
        rightwards = COMPLEMENT[piece[::-1]] if turned else piece
        return rightwards if side else rightwards[::-1]

    def apply(self, base, quality, position, backward):
        """Changes codes [n][read length] in place; position: each base's offset on the reference, in read direction."""
        low, high = np.minimum(position[:, 0], position[:, -1]), np.maximum(position[:, 0], position[:, -1])
        for place, share, kind, side, tail in self.loci:
            rows = np.flatnonzero((low <= place) & (high > place))
            for r in rows[self.rng.random(len(rows)) < share]:
                self.write(base[r], quality[r], position[r], place + int(self.rng.integers(JITTER)), kind, side, tail, backward)

    def write(self, base, quality, position, place, kind, side, tail, backward):
        """In read direction a tail either ends the read or begins it; the adapter always ends it."""
        rightwards = not backward if kind == 'adapter' else bool(side)
        column = np.flatnonzero(position > place if rightwards else position < place)
        if not len(column) or len(column) == len(position):
            return
        new = tail[np.arange(len(column)) % len(tail)]
        if backward and kind != 'adapter':
            new = COMPLEMENT[new]
        if backward == rightwards:  # the break is at the end of these columns
            new = new[::-1]
        misread = self.rng.random(len(new)) < 10 ** (quality[column] / -10.0)
        new = np.where(misread & (new < 4), (new + self.rng.integers(1, 4, len(new))) % 4, new)
        base[column] = new
        self.tails_written += 1

    def counts(self):
        return dict(loci=len(self.loci), tails=self.tails_written)
