"""Depth by the GC content of the fragment, the unit on which the bias acts (Benjamini and Speed 2012, doi:10.1093/nar/gks001).

A bell around 47.5 %: at a strength of 1 half of the depth is left at 25 % and at 70 %, at 0 all of it.
"""
import numpy as np

BEST = 0.475
HALF = 0.225  # from the best to where half is left


def curve(gc, strength):
    return 0.5 ** (strength * ((gc - BEST) / HALF) ** 2)


def gc_share(codes, start, length):
    """Share of C and G of fragments, N left out."""
    strong = np.concatenate([[0], np.cumsum((codes == 1) | (codes == 2))])
    known = np.concatenate([[0], np.cumsum(codes < 4)])
    end = start + length
    return (strong[end] - strong[start]) / np.maximum(known[end] - known[start], 1)
