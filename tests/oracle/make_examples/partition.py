"""One partition from its reads to its images, with one sample or with a pangenome above it.

Source: make_examples_core.py, make_examples_pangenome_aware_dv.py
"""
import dataclasses

from . import candidates, images, normalise, realigner, reads, reference_records
from .alleles import Counter


@dataclasses.dataclass
class Options:
    """Named as the flags; the defaults are those of make_examples with the channels of the WGS model."""
    min_mapq: int = 5
    min_base_quality: int = 10
    legacy: bool = False  # keep_legacy_allele_counter_behavior
    normalize_reads: bool = False
    realign_reads: bool = True
    keep_supplementary: bool = False
    sort_by_haplotypes: bool = False
    track_ref_reads: bool = False
    max_reads: int = 1500
    downsample_fraction: float = 0
    reference_sites: float = 0  # training_random_emit_ref_sites
    partition_size: int = 1000
    channels: tuple = images.WGS
    sample: str = "default"
    panel: str = "hprc_v1.1"


PANGENOME_WGS = dict(min_mapq=0, legacy=True, normalize_reads=True, keep_supplementary=True, sort_by_haplotypes=True)
PANGENOME_BLOCK = images.Block(spanning_only=True, blank=("haplotype", "base_quality", "mapping_quality"))


@dataclasses.dataclass
class Result:
    start: int
    end: int
    reads: list
    windows: list
    counter: Counter
    candidates: list
    images: list  # [(candidate, indices of alts, image)]
    reference_records: list


def partitions(start, end, size):
    return [(at, min(at + size, end)) for at in range(start, end, size)]


def counted_as_they_are(here, reference, start, end, options):
    """The counter over the partition. Reads of the reference are tracked where the reads show a candidate."""
    tracked = ()
    for last in (False, True)[not options.track_ref_reads:]:
        counter = Counter(reference, start, end, options.min_mapq, options.min_base_quality, options.legacy, tracked=tracked)
        for read in here:
            if read.overlaps(start, end):
                counter.add(read)
        if not last:
            tracked = candidates.positions(counter)
    return counter


def counted(here, reference, start, end, options):
    """The same; reads that normalisation changes are replaced in `here`. What is tracked is found before it."""
    plain = counted_as_they_are(here, reference, start, end, options)
    if not options.normalize_reads:
        return plain
    over = [i for i, read in enumerate(here) if read.overlaps(start, end)]
    span = (min([start] + [here[i].start for i in over]), max([end] + [min(reference.length - 1, here[i].end) for i in over]))
    counter = Counter(reference, start, end, options.min_mapq, options.min_base_quality, options.legacy, span, plain.tracked)
    bases = reference.bases(*span)
    for i in over:
        read = here[i]
        if read.mapq < options.min_mapq:
            continue
        cigar, shift, rewrite = normalise.normalised(read.bases, read.cigar, read.start, bases, span[0])
        counter.add(read, read.start + shift, cigar)
        if rewrite:
            here[i] = dataclasses.replace(read, start=read.start + shift, cigar=cigar)
    return counter


def run(fetched, reference, contig, start, end, options, haplotypes=None, keep_site=None):
    """fetched: reads after the filter, in file order; haplotypes: of the pangenome, as reads, or None without one; keep_site: says of a
    position without a candidate whether it is one all the same."""
    here, windows = reads.sample(fetched, options.max_reads), []
    if options.realign_reads:
        here, windows = realigner.realign(here, reference, start, end, options.legacy, options.normalize_reads)
    counters, blocks = {}, []
    if haplotypes is not None:
        haplotypes = reads.sample(haplotypes, options.max_reads)
        counters[options.panel] = counted_as_they_are(haplotypes, reference, start, end, options)
        blocks.append((PANGENOME_BLOCK, haplotypes))
    counter = counters[options.sample] = counted(here, reference, start, end, options)
    blocks.append((images.Block(), here))
    called = candidates.call(contig, counters, options.sample, keep_site)
    drawn = [(candidate, *pair) for candidate in called for pair in images.images(candidate, blocks, reference, options)]
    return Result(start, end, here, windows, counter, called, drawn, reference_records.records(contig, counter))


def swept(fetched, reference, start, end, options):
    """Positions of the partition that --mode candidate_sweep writes: the reads as they are."""
    counter = Counter(reference, start, end, options.min_mapq, options.min_base_quality, options.legacy)
    for read in reads.sample(fetched, options.max_reads):
        counter.add(read)
    return candidates.positions(counter)
