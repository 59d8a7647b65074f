"""Candidates as the numbers that a small model looks at.

Source: small_model/make_small_model_examples.py, small_model/inference.py. Not said there: reads without a phase are of haplotype 0.
"""
import itertools

from .images import allele_sets

KEY, _, MAPQ, QUALITY, REVERSE, SAMPLE = range(6)


def mean(values):
    return sum(values) // len(values) if values else 0


def percent(part, whole):
    return 100 * part // whole if whole else 0


def twelve(refs, alts, depth):
    return [len(refs), len(alts), len(refs) + len(alts), depth, percent(len(alts), depth), percent(len(alts), len(refs) + len(alts)),
            mean([row[MAPQ] for row in refs]), mean([row[MAPQ] for row in alts]),
            mean([row[QUALITY] for row in refs]), mean([row[QUALITY] for row in alts]),
            mean([100 * row[REVERSE] for row in refs]), mean([100 * row[REVERSE] for row in alts])]


def row(candidate, indices, samples, window=51, phases=None):
    """samples: names in the order of the drawing; phases: {read key: 0, 1 or 2} where reads are phased."""
    refs = candidate.ref_support
    alts = [read for i in indices for read in candidate.support.get(candidate.alts[i], ())]
    depth = len(refs) + sum(map(len, candidate.support.values()))
    out = twelve(refs, alts, depth)
    if len(samples) > 1:
        for sample in samples:
            out += twelve([read for read in refs if read[SAMPLE] == sample], [read for read in alts if read[SAMPLE] == sample], depth)
    ref, lengths = len(candidate.ref), [len(candidate.alts[i]) for i in indices]
    out += [ref == 1 and all(length == 1 for length in lengths), all(length > ref for length in lengths), all(length < ref for length in lengths),
            max(0, *(length - ref for length in lengths)), max(0, *(ref - length for length in lengths)), len(candidate.alts) > 1, len(indices) > 1]
    half = window // 2
    out += [candidate.fractions.get(candidate.start + offset, 0) for offset in range(-half, half + 1)] if window else []
    if phases is not None:
        for sample, haplotype in itertools.product(samples, range(3)):
            out += twelve(*([read for read in side if read[SAMPLE] == sample and phases.get(read[KEY], 0) == haplotype] for side in (refs, alts)), depth)
    return list(map(int, out))


def rows(candidate, samples, **more):
    return [(indices, row(candidate, indices, samples, **more)) for indices in allele_sets(len(candidate.alts))]
