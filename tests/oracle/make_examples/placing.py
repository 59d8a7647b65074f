"""Reads of a window laid on its haplotypes: by common 32-mers where few bases differ, else by Smith-Waterman.

Source: realigner/fast_pass_aligner.cc
"""
import dataclasses

from . import compose, smith_waterman
from .smith_waterman import MATCH, MISMATCH

K = 32  # kmer_size
MOST_MISMATCHES = 2  # max_num_mismatches


@dataclasses.dataclass
class Placed:
    score: int = 0
    at: int | None = None
    cigar: tuple = ()


@dataclasses.dataclass
class Haplotype:
    bases: str
    placed: list
    score: int = 0
    is_reference: bool = False
    start: int = 0  # in the reference of the window
    cigar: tuple = ()


def index_of(reads):
    index = {}
    for number, bases in enumerate(reads):
        if len(bases) > K:
            for i in range(len(bases) - K + 1):
                index.setdefault(bases[i:i + K], []).append((number, i))
    return index


def mismatches(a, b):
    """Up to one more than is allowed."""
    count = 0
    if a != b:
        for x, y in zip(a, b):
            count += x != y and x != "N" and y != "N"
            if count > MOST_MISMATCHES:
                break
    return count


def place(haplotype, reads, index, prefix, suffix, reference):
    """Placements of the reads on one haplotype and their sum; (none, 0) if some base of it is covered by no read."""
    placed, total, coverage = [Placed() for _ in reads], 0, [0] * len(haplotype)
    for i in range(len(haplotype) - K + 1):
        hits = index.get(haplotype[i:i + K])
        if hits is None:
            continue
        for number, offset in hits:
            at, bases, here = max(0, i - offset), reads[number], placed[number]
            if at + len(bases) > len(haplotype) or here.at == at:
                continue
            count = mismatches(haplotype[at:at + len(bases)], bases)
            if count > MOST_MISMATCHES:
                continue
            for j in range(at, at + len(bases)):
                coverage[j] += 1
            score = (len(bases) - count) * MATCH - count * MISMATCH
            if score > here.score:
                total += score - here.score
                placed[number] = Placed(score, at, (("=", len(bases)),))
        if not coverage[i] and prefix <= i < len(haplotype) - suffix and haplotype != reference:
            total = 0
            break
    return (placed, total) if total else ([Placed() for _ in reads], 0)


def onto_reference(haplotype, reference):
    if haplotype.bases == reference:
        haplotype.is_reference, haplotype.cigar = True, (("=", len(reference)),)
        return
    found = smith_waterman.align(haplotype.bases, reference)
    assert found, "a haplotype with nothing of its reference"
    haplotype.is_reference = found.cigar == (("=", len(haplotype.bases)),)
    haplotype.start, haplotype.cigar = found.target_start, found.cigar


def align_the_rest(haplotypes, reads):
    """Reads that stand on no haplotype: against every haplotype that some read supports."""
    for number, bases in enumerate(reads):
        if any(haplotype.placed[number].score > 0 for haplotype in haplotypes):
            continue
        for haplotype in haplotypes:
            if haplotype.score:
                found = smith_waterman.align(bases, haplotype.bases)
                if found:
                    haplotype.placed[number] = Placed(found.score, found.target_start, found.cigar)


def best_of(haplotypes, number):
    """The haplotype with the best placement of a read; of equals the last that is not the reference."""
    best, top = None, 0
    for haplotype in haplotypes:
        score = haplotype.placed[number].score
        if score > top or (top > 0 and score == top and not haplotype.is_reference):
            best, top = haplotype, score
    return best


def new_alignments(reads, haplotypes, prefix, suffix, reference, normalise_later):
    """For each read's bases (start in `reference`, cigar), or None where the old alignment stays.

    haplotypes: with prefix and suffix bases of the reference around them.
    """
    index = index_of(reads)
    all_ = [Haplotype(bases, *place(bases, reads, index, prefix, suffix, reference)) for bases in haplotypes]
    for haplotype in all_:
        onto_reference(haplotype, reference)
    align_the_rest(all_, reads)
    all_.sort(key=lambda haplotype: haplotype.score)
    out = []
    for number, bases in enumerate(reads):
        best = best_of(all_, number)
        if best is None:
            out.append(None)
            continue
        here = best.placed[number]
        start = best.start + here.at + compose.shifts(best.cigar, len(best.bases))[here.at]
        cigar = compose.read_to_reference(here.cigar, here.at, best.cigar, len(bases))
        if not normalise_later and not compose.is_leftmost(cigar, start, bases, reference):
            cigar = []
        out.append((start, cigar) if cigar else None)
    return out
