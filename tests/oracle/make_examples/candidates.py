"""Candidates of the sample that is called, with the reads that support them.

Source: variant_calling_multisample.cc, very_sensitive_caller.py. The second chance by the sums over all samples is the first
one again with one sample, and never given in pangenome mode (vsc_min_fraction_multiplier inf).
"""
import dataclasses

import numpy

from .alleles import DELETION, INSERTION, SOFT_CLIP, SUBSTITUTION

LEAST_READS = 2  # vsc_min_count_snps, vsc_min_count_indels
LEAST_FRACTION = {SUBSTITUTION: float(numpy.float32(0.12)), INSERTION: float(numpy.float32(0.06)), DELETION: float(numpy.float32(0.06))}
REACH = 25  # small_model_vaf_context_window_size // 2
UNCALLED, NO_ALT = "UNCALLED_ALLELE", "."


@dataclasses.dataclass
class Candidate:
    contig: str
    start: int
    ref: str
    alts: list
    depth: int
    counts: list  # AD: of the reference, then of the alts
    support: dict  # alt or UNCALLED_ALLELE -> [(read key, low quality, MAPQ, base quality, reverse, sample)]
    fractions: dict  # position -> percent of reads that show something else than the reference
    ref_support: list = dataclasses.field(default_factory=list)  # rows like those of support, where the reference is tracked

    @property
    def end(self):
        return self.start + len(self.ref)

    def supporters(self, alt):
        return {row[0] for row in self.support.get(alt, ())}


def accepted(position):
    """[((bases, kind), count)]"""
    depth = position.depth()
    return [(allele, count) for allele, count in position.sums()
            if allele[1] != SOFT_CLIP and count >= LEAST_READS and count / depth >= LEAST_FRACTION[allele[1]]]


def reference_bases(base, alleles):
    deletions = [bases for (bases, kind), _ in alleles if kind == DELETION]
    return base + max(deletions, key=len)[1:] if deletions else base


def alt_bases(bases, kind, ref):
    return bases[0] + ref[len(bases):] if kind == DELETION else bases + ref[1:]


def support_of(position_by_sample, names):
    """Every read of every sample by the alt it shows; a read key counts once for an alt."""
    support = {}
    for sample, position in position_by_sample.items():
        for key, allele in position.alleles.items():
            rows = support.setdefault(names.get((allele.bases, allele.kind), UNCALLED), {})
            rows.setdefault(key, (key, allele.is_low, allele.mapq, allele.quality, allele.reverse, sample))
    return {alt: sorted(rows.values()) for alt, rows in sorted(support.items())}


def ref_support_of(position_by_sample):
    return sorted((key, allele.is_low, allele.mapq, allele.quality, allele.reverse, sample)
                  for sample, position in position_by_sample.items() for key, allele in position.tracked.items())


def positions(counter):
    """Where a counter alone shows a candidate."""
    return [at for at, position in enumerate(counter.positions, counter.start) if position.base in "ACGT" and accepted(position)]


def fractions_around(positions, at, start):
    out = {}
    for i in range(max(0, at - REACH), min(len(positions), at + REACH + 1)):
        others = len(positions[i].alleles) + len(positions[i].tracked)  # which upstream counts on both sides
        out[start + i] = 100 * others // max(1, positions[i].references + others)
    return out


def call(contig, counters, target, keep_site=None):
    """counters: {sample name: Counter over the same interval}; keep_site: as in partition.run."""
    out = []
    own = counters[target]
    for at, position in enumerate(own.positions):
        alleles = accepted(position) if position.base in "ACGT" else []
        if not alleles and not (keep_site and position.base in "ACGT" and keep_site(position)):
            continue
        ref = reference_bases(position.base, alleles)
        names = {allele: alt_bases(*allele, ref) for allele, _ in alleles}
        counts = {names[allele]: count for allele, count in alleles}
        assert len(counts) == len(alleles), "two alleles of one name"
        alts = sorted(counts) or [NO_ALT]
        here = {sample: counter.positions[at] for sample, counter in counters.items()}
        out.append(Candidate(contig, own.start + at, ref, alts, position.depth(), [position.references, *map(counts.get, alts)] if counts else [],
                             support_of(here, names), fractions_around(own.positions, at, own.start), ref_support_of(here)))
    return out
