"""A reference sequence made of nothing but a seed, with what makes real ones hard.

Background of slowly changing GC content with few CpG; dispersed repeats of a few families, whose copies are diverged,
truncated and of either strand (one family short, young and with a poly-A tail, as Alu is); microsatellites and tandem
repeats; long homopolymers; two segmental duplications.
"""
import numpy as np

from .sequence import COMPLEMENT, decode, encode

FAMILIES = ((300, 0.10, 'A' * 18), (280, 0.16, 'A' * 12), (900, 0.20, ''), (2200, 0.12, 'A' * 10), (450, 0.25, ''), (160, 0.22, ''))
REPEAT_SHARE = 0.35       # of the bases
COPIES_OF_ALU_KIND = 0.5  # share of copies that are of the first two families
MICROSATELLITE_EVERY = 3500
DUPLICATIONS = ((5000, 0.015), (3000, 0.03))  # length, divergence
CPG_KEPT = 0.25


def background(length, rng):
    """Codes with GC between 0.34 and 0.52 in stretches of about 10 kb, and a quarter of the CpG that chance would give."""
    knots = rng.uniform(0.34, 0.52, length // 10000 + 2)
    gc = np.interp(np.arange(length), np.arange(len(knots)) * 10000, knots)
    strong = rng.random(length) < gc
    second = rng.random(length) < 0.5
    codes = np.where(strong, np.where(second, 1, 2), np.where(second, 0, 3)).astype(np.uint8)
    cpg = np.flatnonzero((codes[:-1] == 1) & (codes[1:] == 2))
    decayed = cpg[rng.random(len(cpg)) > CPG_KEPT]
    first = rng.random(len(decayed)) < 0.5
    codes[decayed[first]] = 3
    codes[decayed[~first] + 1] = 0
    return codes


def diverged(codes, rate, rng):
    """Substitutions at `rate`, and a tenth as many deletions and insertions of one base."""
    out = codes.copy()
    hit = rng.random(len(out)) < rate
    out[hit] = (out[hit] + rng.integers(1, 4, hit.sum())) % 4
    out = out[rng.random(len(out)) >= rate / 10]
    at = np.flatnonzero(rng.random(len(out)) < rate / 10)
    return np.insert(out, at, rng.integers(0, 4, len(at)).astype(np.uint8))


def repeat_copy(families, rng):
    if rng.random() < COPIES_OF_ALU_KIND:
        consensus, age = families[rng.integers(0, 2)]
    else:
        consensus, age = families[rng.integers(2, len(families))]
    whole = len(consensus) < 400 or rng.random() < 0.15
    kept = consensus if whole else consensus[-int(rng.integers(120, len(consensus))):]
    copy = diverged(kept, age * rng.uniform(0.3, 1.2), rng)
    return COMPLEMENT[copy[::-1]] if rng.random() < 0.5 else copy


def microsatellite(rng):
    unit = int(rng.choice([1, 1, 1, 1, 2, 2, 2, 3, 4, 4, 5]))
    motif = np.zeros(unit, np.uint8) if unit == 1 else rng.integers(0, 4, unit).astype(np.uint8)
    if unit == 1 and rng.random() < 0.5:
        motif = COMPLEMENT[motif]
    bases = int(rng.integers(7, 22)) if unit == 1 else int(rng.integers(10, 45))
    return np.tile(motif, bases // unit + 1)[:bases]


def overlay(codes, piece, rng):
    """Puts a piece over what stands at a random place."""
    at = int(rng.integers(0, len(codes) - len(piece)))
    codes[at:at + len(piece)] = piece
    return len(piece)


def reference(length, seed):
    """-> a string of ACGT"""
    rng = np.random.default_rng(seed)
    codes = background(length, rng)
    families = [(np.concatenate([background(max(n, 100), rng)[:n], encode(tail)]), age) for n, age, tail in FAMILIES]
    covered = 0
    while covered < REPEAT_SHARE * length:
        covered += overlay(codes, repeat_copy(families, rng), rng)
    for n, divergence in DUPLICATIONS:
        start = int(rng.integers(0, length - n))
        overlay(codes, diverged(codes[start:start + n], divergence, rng), rng)
    for _ in range(length // MICROSATELLITE_EVERY):
        overlay(codes, microsatellite(rng), rng)
    return decode(codes)
