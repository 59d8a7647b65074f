"""gVCF records of what the reads say about the reference.

Source: variant_caller.py, nucleus/util/genomics_math.py
"""
import itertools
import math
import statistics

import numpy

P_ERROR = float(numpy.float32(0.001))
MOST_READS = 100  # more are scaled down to it
TOP_GQ = 50
BIN = 5  # gvcf_gq_binsize
IMPOSSIBLE = -999.0
AMBIGUOUS = "NRYSWKMBDHV"


def likelihoods(references, depth, haploid=False):
    """log10 of homozygous reference, heterozygous, homozygous other; they add up to 1."""
    others = depth - references
    if depth == 0:
        three = [-1.0, IMPOSSIBLE if haploid else -1.0, -1.0]
    else:
        wrong, right = math.log(P_ERROR) / math.log(10), math.log1p(-P_ERROR) / math.log(10)
        half = IMPOSSIBLE if haploid else -depth * math.log(2) / math.log(10)
        three = [references * right + others * wrong, half, references * wrong + others * right]
    most = max(three)
    total = most + math.log10(sum(pow(10.0, x - most) for x in three))
    return [min(x - total, 0.0) for x in three]


def confidence(references, depth, haploid=False):
    """(GQ, likelihoods)"""
    if depth > MOST_READS:
        references, depth = math.ceil(references / depth * MOST_READS), MOST_READS
    three = likelihoods(references, depth, haploid)
    wrong = 1.0 - pow(10.0, three[0])
    return TOP_GQ if wrong <= 0 else int(min(math.floor(-10 * math.log10(wrong)), TOP_GQ)), three


def quantised(gq):
    return 0 if gq < 1 else (gq - 1) // BIN * BIN + 1


def record(contig, start, end, base, genotype, gq, three, depths):
    return {"chrom": contig, "start": start, "end": end, "ref": base, "alts": ["<*>"], "gt": genotype, "gl": three, "GQ": gq,
            "MIN_DP": min(depths), "MED_DP": int(statistics.median(depths))}


def records(contig, counter):
    rows = []
    for at, position in enumerate(counter.positions, counter.start):
        if position.base not in "ACGT":
            assert position.base in AMBIGUOUS, f"no base: {position.base}"
            rows.append((at, position.base, None, None, position.depth(), True))
            continue
        gq, three = confidence(position.references, position.depth())
        rows.append((at, position.base, gq, three, position.depth(), max(three) == three[0]))
    out = []
    for (bin_, valid), run in itertools.groupby(rows, key=lambda row: (None if row[2] is None else quantised(row[2]), row[5])):
        run = list(run)
        if bin_ is None:
            continue
        if valid:
            lowest = min(run, key=lambda row: row[2])
            out.append(record(contig, run[0][0], run[-1][0] + 1, run[0][1], [0, 0], lowest[2], lowest[3], [row[4] for row in run]))
        else:
            out += [record(contig, at, at + 1, base, [-1, -1], gq, three, [depth]) for at, base, gq, three, depth, _ in run]
    return out
