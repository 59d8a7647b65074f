"""Targets of an exome-like capture: where they lie, how well each is caught, and what is kept of the fragments.

Exons of 120-300 bases stand 0.3-3 kb apart in genes of 3-25, genes apart from each other, 12-18 % of the sequence in all.
A target's efficiency is log-normal; a fragment is kept by the best target that it overlaps, and now and then without one.
"""
import numpy as np

SHARE = (0.125, 0.175)   # of the sequence
EXON = (120, 300)        # bases
INTRON = (300, 3000)     # bases; exponential between these
INTRON_MEAN = 400        # beyond the shortest
EXONS = (3, 25)          # a gene
SPREAD = 0.5             # sd of the efficiency's logarithm
OFF_TARGET = 0.02        # of the depth
WIDENED = 25             # bases beside a target that the confident BED still holds


class Capture:
    """targets: int [n][2] offsets on the reference, apart and in order; genes: the number of each one's gene; efficiency: of each."""

    def __init__(self, codes, rng):
        self.targets, self.genes = layout(len(codes), rng)
        known = np.array([(codes[a:b] < 4).all() for a, b in self.targets], bool)
        self.targets, self.genes = self.targets[known], self.genes[known]
        self.efficiency = np.exp(rng.normal(0, SPREAD, len(self.targets)))

    def weight(self, first, last):
        """Of fragments from the reference offset `first` to `last`, both within."""
        lo = np.searchsorted(self.targets[:, 1], first, 'right')
        hi = np.searchsorted(self.targets[:, 0], last, 'right')
        best = np.full(len(first), OFF_TARGET)
        for k in range(int((hi - lo).max(initial=0))):
            met = lo + k < hi
            best[met] = np.maximum(best[met], self.efficiency[lo[met] + k])
        return best

    def write(self, path, contig, base):
        with open(path, 'w') as f:
            for (a, b), gene in zip(self.targets, self.genes):
                f.write(f'{contig}\t{a + base}\t{b + base}\tgene{gene}\n')

    def widened(self, length):
        """bool [length]: within a target or beside it."""
        near = np.zeros(length, bool)
        for a, b in self.targets:
            near[max(0, a - WIDENED):b + WIDENED] = True
        return near


def layout(length, rng):
    """-> targets, their genes. Exons are drawn until they make up the share; what room is left falls between the genes."""
    wanted, genes, bases = rng.uniform(*SHARE) * length, [], 0
    while bases < wanted:
        exons, at = [], 0
        for _ in range(int(rng.integers(EXONS[0], EXONS[1] + 1))):
            size = int(rng.integers(EXON[0], EXON[1] + 1))
            exons.append((at, at + size))
            at += size + min(INTRON[0] + int(rng.exponential(INTRON_MEAN)), INTRON[1])
            bases += size
            if bases >= wanted:
                break
        genes.append(exons)
    free = length - sum(exons[-1][1] for exons in genes)
    while free < 0:  # a short sequence full of long genes
        free += genes.pop()[-1][1]
    gaps = np.floor(rng.dirichlet(np.ones(len(genes) + 1)) * free).astype(int)
    targets, numbers, at = [], [], 0
    for number, (exons, gap) in enumerate(zip(genes, gaps), 1):
        at += gap
        targets += [(at + a, at + b) for a, b in exons]
        numbers += [number] * len(exons)
        at += exons[-1][1]
    return np.array(targets, np.int64).reshape(-1, 2), np.array(numbers)
