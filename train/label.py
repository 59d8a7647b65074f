#!/usr/bin/env python3
"""How many copies of each image's alleles the donor has: labels for the examples of one set.

  label.py --examples PREFIX --truth T.vcf.gz --bed B.bed --ref R.fa

In:   PREFIX.sites.tsv of `haploom examples` (one row for each image: contig start end ref alts alt_set ... image)
Out:  PREFIX.labels.u8, one byte for each image: 0, 1, 2 copies, or 255 where no sure label exists
      PREFIX.labels.json, counts; among them the truth alleles that no candidate shows

A candidate's allele is the donor's when both are the same after trimming and shifting left. Where a truth allele finds
none, the candidates around it are laid on the reference in every combination: one that spells the donor's haplotype
labels them all. Otherwise the candidates within 10 bases of such an allele stay unlabelled, as does what starts outside
the BED, and the lesser of two candidates that are one allele.
"""
import argparse
import bisect
import collections
import csv
import itertools
import json
import os
import sys

import numpy as np
import pysam

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from train.count_errors import inside, intervals  # noqa: E402
from train.haplotypes import applied, normalised  # noqa: E402

UNSURE = 255
NEAR = 10           # bases around a truth allele without candidate that are not labelled
CLUSTER = 25        # bases between variants that are laid on the reference together
MARGIN = 30
COMBINATIONS = 4000


class Candidate:
    def __init__(self, start, ref, alts, support, sequence):
        self.start, self.end, self.alts = start, start + len(ref), alts
        self.variants = [normalised(start, ref, alt, sequence) for alt in alts]
        self.support = support            # reads of each alt
        self.copies = [0] * len(alts)     # of each alt in the donor; None: unsure

    def span(self):
        return min([self.start] + [v[0] for v in self.variants]), self.end


def read_sites(path, contig, sequence):
    """-> {(start, ref, alts): Candidate}, rows [(key, alt_set, image)] of one contig"""
    candidates, rows = {}, []
    with open(path) as f:
        for row in csv.DictReader(f, delimiter='\t'):
            if row['contig'] != contig:
                continue
            key = (int(row['start']), row['ref'], row['alts'])
            if key not in candidates:
                depth = [int(x) for x in row['allele_depth'].split(',')]
                candidates[key] = Candidate(key[0], row['ref'], row['alts'].split(','), depth[1:], sequence)
            rows.append((key, [int(x) for x in row['alt_set'].split(',')], int(row['image'])))
    return candidates, rows


def read_truth(path, contig, sequence):
    """The donor's two haplotypes as sorted lists of normalised variants."""
    haplotypes = ([], [])
    with pysam.VariantFile(path) as f:
        if contig in f.header.contigs:
            for record in f.fetch(contig):
                for h, index in enumerate(record.samples[0]['GT'][:2]):
                    if index:
                        haplotypes[h].append(normalised(record.start, record.ref.upper(), record.alleles[index].upper(), sequence))
    return [sorted(set(h)) for h in haplotypes]


def match_equal(candidates, haplotypes):
    """Sets copies where alleles are equal; of candidates that share an allele only the best supported keeps it.
    Returns the truth alleles that found no candidate, by haplotype."""
    best = {}
    for c in candidates:
        for i, v in enumerate(c.variants):
            if v not in best or c.support[i] > best[v][0].support[best[v][1]]:
                best[v] = (c, i)
    count = collections.Counter(v for h in haplotypes for v in h)
    for c in candidates:
        for i, v in enumerate(c.variants):
            if v in count:
                c.copies[i] = count[v] if best[v] == (c, i) else None
    return [[v for v in h if v not in best] for h in haplotypes]


def clusters(positions):
    """Groups of sorted positions no more than CLUSTER apart, as (first, last)."""
    out = []
    for p in sorted(positions):
        if out and p - out[-1][1] <= CLUSTER:
            out[-1][1] = p
        else:
            out.append([p, p])
    return out


class Near:
    """Items found by where they lie; a whole chromosome has too many to look at each for every cluster."""

    def __init__(self, items, span):
        self.items = sorted(((*span(item), i) for i, item in enumerate(items)))
        self.all, self.longest = items, max([b - a for a, b, _ in self.items], default=0)

    def spans(self, lo, hi):
        """(start, end, index) of those that touch lo..hi"""
        first = bisect.bisect_left(self.items, (lo - self.longest,))
        last = bisect.bisect_left(self.items, (hi + 1,))
        return [one for one in self.items[first:last] if one[1] >= lo]

    def within(self, lo, hi):
        """Items that lie in lo..hi as a whole, in their own order"""
        return [self.all[i] for i in sorted(i for a, b, i in self.spans(lo, hi) if a >= lo and b <= hi)]


def around(near, lo, hi):
    """Widens lo..hi by the items within CLUSTER of it, once on each side."""
    found = [one for items in near for one in items.spans(lo - CLUSTER, hi + CLUSTER)]
    return min([lo] + [a for a, _, _ in found]), max([hi] + [b for _, b, _ in found])


def lay(chosen, wanted, sequence, start, end):
    """For each candidate the alt (or None) such that together they spell `wanted`; the fewest alts, then the most reads."""
    options = [[None] + list(range(len(c.alts))) for c in chosen]
    found = []
    for pick in itertools.product(*options):
        variants = [c.variants[i] for c, i in zip(chosen, pick) if i is not None]
        if applied(sequence, start, end, variants) == wanted:
            reads = sum(c.support[i] for c, i in zip(chosen, pick) if i is not None)
            found.append((len(variants), -reads, [-1 if i is None else i for i in pick]))
    return min(found)[2] if found else None


def match_spelt(candidates, haplotypes, unmatched, sequence):
    """Labels the clusters around unmatched truth alleles by what they spell. Returns the positions that stay unsure."""
    sites = Near(candidates, Candidate.span)
    truth = [Near(h, lambda v: (v[0], v[0] + len(v[1]))) for h in haplotypes]
    missing = Near([v for h in unmatched for v in h], lambda v: (v[0], v[0]))
    unsure = []
    for first, last in clusters([v[0] for v in missing.all]):
        lo, hi = around([sites, *truth], first, last)
        chosen = sites.within(lo, hi)
        combinations = 1
        for c in chosen:
            combinations *= len(c.alts) + 1
        start, end = max(0, lo - MARGIN), min(len(sequence), hi + MARGIN)
        picks = []
        if chosen and combinations <= COMBINATIONS:
            for h in truth:
                wanted = applied(sequence, start, end, h.within(lo, hi))
                picks.append(lay(chosen, wanted, sequence, start, end) if wanted is not None else None)
        if not picks or None in picks:
            unsure += [(v[0] - NEAR, v[0] + len(v[1]) + NEAR) for v in missing.within(first, last)]
            continue
        for k, c in enumerate(chosen):
            c.copies = [sum(pick[k] == i for pick in picks) for i in range(len(c.alts))]
    return unsure


def label_contig(sites, truth, spans, contig, sequence):
    """-> {image: label}, counts"""
    candidates, rows = read_sites(sites, contig, sequence)
    haplotypes = read_truth(truth, contig, sequence)
    listed = sorted(candidates.values(), key=lambda c: c.start)
    unmatched = match_equal(listed, haplotypes)
    unsure = match_spelt(listed, haplotypes, unmatched, sequence)
    doubtful = Near(unsure, lambda span: span)
    wanted = {v for h in haplotypes for v in h if inside(spans, v[0])}
    missed = {v for h in unmatched for v in h if inside(spans, v[0]) and doubtful.spans(v[0], v[0])}
    labels = {}
    for key, alt_set, image in rows:
        c = candidates[key]
        copies = [c.copies[i] for i in alt_set]
        bad = None in copies or sum(copies) > 2 or not inside(spans, c.start) or bool(doubtful.spans(c.start, c.end))
        labels[image] = UNSURE if bad else sum(copies)

    def kind(v):
        return 'snp' if len(v[1]) == len(v[2]) else 'indel'
    counts = collections.Counter()
    for v in wanted:
        counts['truth_' + kind(v)] += 1
    for v in missed:
        counts['without_candidate_' + kind(v)] += 1
    return labels, counts


def label(prefix, truth, bed, fasta):
    reference = pysam.FastaFile(fasta)
    labels, counts = {}, collections.Counter()
    for contig, spans in intervals(bed, None).items():
        one, n = label_contig(prefix + '.sites.tsv', truth, spans, contig, reference.fetch(contig).upper())
        labels.update(one)
        counts.update(n)
    with open(prefix + '.sites.tsv') as f:
        images = sum(1 for _ in f) - 1
    out = np.full(images, UNSURE, np.uint8)
    for image, value in labels.items():
        out[image] = value
    out.tofile(prefix + '.labels.u8')
    report = dict(images=images, **{f'label_{k}': int((out == k).sum()) for k in (0, 1, 2, UNSURE)}, **counts)
    with open(prefix + '.labels.json.new', 'w') as f:
        json.dump(report, f, indent=1)
    os.replace(prefix + '.labels.json.new', prefix + '.labels.json')  # the sign that a set is complete
    return report


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ('examples', 'truth', 'bed', 'ref'):
        ap.add_argument('--' + name, required=True)
    a = ap.parse_args()
    print(json.dumps(label(a.examples, a.truth, a.bed, a.ref)))
    return 0


if __name__ == '__main__':
    sys.exit(main())
