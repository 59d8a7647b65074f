"""Slippage of short tandem repeats in a library: reads that lost or gained whole units of 2 to 6 bases.

That errors grow about exponentially with the number of copies, are rarer for longer units, and that a library with PCR has up
to nine times those of one without is what Fungtammasan et al. 2015 (doi:10.1101/gr.185892.114) found; losses outnumber gains
as stutter does in forensic PCR. The numbers below are an assumption of ours of that shape, not a fit: at a factor of 1 a
dinucleotide slips in 0.1 % of reads at 5 copies, 0.45 % at 10, 2 % at 15, 9 % at 20. In 0.1 Mb each of real reads of NA12878 and
HG002 (30-50x) 5 slips were seen outside one AT-rich region of misplaced reads, where a factor of 1 expects about 6: too few to
tell libraries apart, so that lists go up to 6 for one with much PCR.
"""
import numpy as np

UNITS = (2, 3, 4, 5, 6)
LEAST_COPIES = 3
AT_FIVE_COPIES = {2: 1e-3, 3: 7e-4, 4: 5e-4, 5: 3e-4, 6: 3e-4}  # of reads across the repeat
GROWTH = 1.35      # a copy
HIGHEST = 0.25     # of reads, at any factor
LOSSES = 0.75      # share of slips
STEPS = (0.9, 0.09, 0.01)  # by 1, 2, 3 units


def tracts(codes):
    """int64 [n][3]: start, end, unit of every tandem repeat of 3 copies and more, by start; a unit is never itself a repeat."""
    found = []
    for unit in UNITS:
        same = (codes[unit:] == codes[:-unit]) & (codes[unit:] < 4)
        change = np.flatnonzero(np.diff(np.concatenate([[0], same.astype(np.int8), [0]])))
        start, end = change[::2], change[1::2] + unit
        for a, b in zip(start, end):
            if b - a >= LEAST_COPIES * unit and not any(unit % k == 0 and (codes[a:a + unit - k] == codes[a + k:a + unit]).all() for k in range(1, unit)):
                found.append((a, b, unit))
    return np.array(sorted(found), np.int64).reshape(-1, 3)


def rates(found, factor):
    copies = (found[:, 1] - found[:, 0]) // found[:, 2]
    base = np.array([AT_FIVE_COPIES[unit] for unit in found[:, 2]])
    return np.minimum(factor * base * GROWTH ** (copies - 5.0), HIGHEST)


class Slippage:
    """Slips in rows of haplotype indices (reads.py). A repeat counts where the read enters it with two bases to spare."""

    def __init__(self, factor, rng):
        self.factor, self.rng, self.slips = factor, rng, 0
        self._of = {}

    def prepared(self, codes):
        """By the end at which a read enters, forward and backward: order, places of entry, cumulative rates."""
        if id(codes) not in self._of:
            found = tracts(codes)
            rate = rates(found, self.factor)
            sides = []
            for entry in (found[:, 0], found[:, 1] - 1):
                order = np.argsort(entry, kind='stable')
                sides.append((order, entry[order], np.concatenate([[0], np.cumsum(rate[order])])))
            self._of[id(codes)] = (codes, found, sides)  # the codes stay, so that their id stays theirs
        return self._of[id(codes)][1:]

    def apply(self, codes, index, first, read_length, backward):
        """Changes rows of `index` ([n][read length and more], in read direction) in place; first: leftmost base of each read."""
        found, sides = self.prepared(codes)
        order, entry, cumulative = sides[int(backward)]
        lo = np.searchsorted(entry, first + 2)
        hi = np.maximum(np.searchsorted(entry, first + read_length - 2), lo)
        total = cumulative[hi] - cumulative[lo]
        for r in np.flatnonzero(self.rng.random(len(first)) < total):
            v = cumulative[lo[r]] + self.rng.random() * total[r]
            at = min(int(np.searchsorted(cumulative, v, 'right')) - 1, hi[r] - 1)
            self.slip(index, r, *found[order[at]], entry[at])

    def slip(self, index, r, start, end, unit, entry):
        copies = (end - start) // unit
        size = unit * min(1 + int(self.rng.choice(len(STEPS), p=STEPS)), copies - 1)
        loses = self.rng.random() < LOSSES
        place = np.flatnonzero(index[r] == entry)
        if not len(place) or place[0] + size >= index.shape[1]:
            return
        row, j = index[r], place[0]
        if loses:
            index[r] = np.concatenate([row[:j], row[j + size:], np.repeat(row[-1:], size)])
        else:
            index[r] = np.concatenate([row[:j + size], row[j:j + size], row[j + size:-size]])
        self.slips += 1
