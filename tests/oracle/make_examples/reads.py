"""Reads of a partition: what is read, what is dropped, which are sampled; the reference beside them.

Source: nucleus/io/sam_reader.cc, nucleus/util/utils.cc (filter), utils.py (reservoir_sample), make_examples_core.py.
"""
import dataclasses
import re

import numpy
import pysam

SEED = 609314161  # make_examples_options.py
ON_REFERENCE = "MDN=X"
ON_READ = "MIS=X"


def cigar_of(text):
    return [(letter, int(length)) for length, letter in re.findall(r"(\d+)([MIDNSHP=X])", text)]


def cigar_text(cigar):
    return "".join(f"{length}{letter}" for letter, length in cigar)


@dataclasses.dataclass
class Read:
    name: str
    number: int  # 0: alone or first of a pair
    start: int
    cigar: list  # [(letter, length)]
    bases: str
    qualities: list
    mapq: int = 60
    reverse: bool = False
    template_length: int = 0
    haplotype: int | None = None  # the tag HP

    @property
    def key(self):
        return f"{self.name}/{self.number}"

    @property
    def end(self):
        return self.start + sum(length for letter, length in self.cigar if letter in ON_REFERENCE)

    def overlaps(self, start, end):
        return self.start < end and self.end > start


class Reference:
    """One contig, upper case."""

    def __init__(self, bases):
        self.all = bases.upper()
        self.length = len(bases)

    def holds(self, start, end):
        return 0 <= start <= end <= self.length

    def bases(self, start, end):
        return self.all[start:end]


class Window:
    """A stretch of a long contig that stands for the whole: outside of it nothing is asked."""

    def __init__(self, bases, start, length):
        self.part, self.first, self.length = bases.upper(), start, length

    def holds(self, start, end):
        return 0 <= start <= end <= self.length

    def bases(self, start, end):
        assert start >= self.first and end <= self.first + len(self.part), "asked beyond the stretch"
        return self.part[start - self.first:end - self.first]


def read_of(record):
    haplotype = record.get_tag("HP") if record.has_tag("HP") else None
    return Read(record.query_name, int(record.is_paired and not record.is_read1), record.reference_start,
                cigar_of(record.cigarstring or ""), record.query_sequence.upper(), list(record.query_qualities),
                record.mapping_quality, record.is_reverse, record.template_length,
                haplotype if isinstance(haplotype, int) else None)


def is_kept(record, min_mapq, keep_supplementary):
    if record.is_duplicate or record.is_qcfail or record.is_secondary or record.is_unmapped:
        return False
    if record.mapping_quality < min_mapq or (record.is_supplementary and not keep_supplementary):
        return False
    strayed = (record.is_paired and not record.is_proper_pair and not record.mate_is_unmapped and record.next_reference_id >= 0
               and record.next_reference_id != record.reference_id)
    return not strayed


def fetch(bam, contig, start, end, min_mapq, keep_supplementary=False):
    """The records that the index gives for a partition, in file order, less those that are dropped."""
    with pysam.AlignmentFile(bam) as file:
        return [read_of(record) for record in file.fetch(contig, start, end) if is_kept(record, min_mapq, keep_supplementary)]


def sample(items, most):
    """Algorithm R with a fresh generator; 0: all of them."""
    if not most:
        return list(items)
    generator, kept = numpy.random.RandomState(SEED), []
    for i, item in enumerate(items):
        if i < most:
            kept.append(item)
            continue
        j = generator.randint(0, i + 1)
        if j < most:
            kept[j] = item
    return kept
