"""Which fragments of a library are sequenced, where not all are alike: by their GC content and by what a capture keeps.

Fragments are drawn evenly and kept by weight, so many that the mean depth is as asked: over the sequence, or over the targets.
"""
import numpy as np

from .gc_bias import curve, gc_share

PROBE_EVERY = 20  # bases


class Selection:
    def __init__(self, ref_codes, fragment, read_length, gc_bias, capture, rng):
        """fragment: mean length; gc_bias: strength; capture: Capture or None."""
        self.gc_bias, self.capture, self.rng = gc_bias, capture, rng
        self.kept = self.drawn = 0
        centre = np.arange(0, len(ref_codes), PROBE_EVERY)
        if capture:
            centre = np.concatenate([np.arange(a, b, PROBE_EVERY) for a, b in capture.targets])
            aside = (fragment - read_length) // 2  # a base is read at either end of a fragment, which may reach a better target
            centre = np.concatenate([centre - aside, centre + aside])
        start = np.clip(centre - fragment // 2, 0, max(0, len(ref_codes) - fragment - 1))
        length = np.full(len(start), min(fragment, len(ref_codes) - 1))
        weights = self.weight(ref_codes, np.arange(len(ref_codes)), start, length)
        self.mean = float(weights.mean())
        self.highest = float(max([1.0, *(capture.efficiency if capture else ())]))

    def weight(self, codes, position, start, length):
        w = curve(gc_share(codes, start, length), self.gc_bias)
        if self.capture:
            w = w * self.capture.weight(position[start], position[start + length - 1])
        return w

    def fragments(self, codes, position, depth, read_length, lengths):
        """-> starts, lengths of the fragments that are kept; lengths: a function from numbers in [0, 1) to lengths."""
        n = int(round(depth * self.highest / self.mean * len(codes) / (2.0 * read_length)))
        length = np.minimum(lengths(self.rng.random(n)), len(codes) - 1)
        start = (self.rng.random(n) * (len(codes) - length)).astype(np.int64)
        kept = self.rng.random(n) * self.highest < self.weight(codes, position, start, length)
        self.drawn += n
        self.kept += int(kept.sum())
        return start[kept], length[kept]
