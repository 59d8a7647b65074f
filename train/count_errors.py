#!/usr/bin/env python3
"""Errors of a call set against a truth set: a small table on stdout.

  count_errors.py --truth T.vcf.gz --bed B.bed --calls C.vcf.gz --ref R.fa [--region contig:first-last] [--json FILE]

Alleles are compared after normalisation (trimmed, shifted left), with their number of copies: a heterozygote called
homozygous is one false positive. Where alleles differ, calls and truth up to 100 bases apart are laid on haplotypes in
every phase that the genotypes allow; if some pair spells the same two sequences, all of them are right, however written.
Calls that are filtered (neither PASS nor '.'), that call no ALT or only symbolic ones are left out; so is what starts
outside the BED. Exit: 0 done, 2 wrong use or input.
"""
import argparse
import bisect
import json
import os
import re
import sys

import pysam

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from train.dealing import merged  # noqa: E402
from train.haplotypes import normalised, spelt  # noqa: E402

GAP = 100     # bases between variants that are judged apart
MARGIN = 50   # reference on both sides of a cluster


def intervals(path, region):
    """{contig: [(start, end)]} of a BED, cut to the region; sorted, and those that touch joined."""
    out = {}
    with open(path) as f:
        for line in f:
            field = line.split()
            if len(field) < 3 or line.startswith(('#', 'track', 'browser')):
                continue
            contig, start, end = field[0], int(field[1]), int(field[2])
            if region:
                if contig != region[0]:
                    continue
                start, end = max(start, region[1]), min(end, region[2])
            if start < end:
                out.setdefault(contig, []).append((start, end))
    return {c: merged(x) for c, x in out.items()}


def inside(spans, position):
    """spans: sorted and apart, as intervals() gives them"""
    at = bisect.bisect_right(spans, (position, float('inf'))) - 1
    return at >= 0 and position < spans[at][1]


class Site:
    """One record: its two called alleles as normalised variants, None for reference."""

    def __init__(self, record, genotype, contig):
        def allele(index):
            alt = record.alleles[index].upper()
            if index == 0 or alt == '*' or not re.fullmatch('[ACGTN]+', alt):
                return None
            return normalised(record.start, record.ref.upper(), alt, contig)

        alleles = [allele(i) for i in genotype]
        self.pair = (alleles[0], alleles[-1])
        self.variants = [v for v in self.pair if v]
        self.start, self.end = record.start, record.stop


def sites(path, contig, sequence, spans, filtered_too=False):
    out = []
    with pysam.VariantFile(path) as f:
        if contig not in f.header.contigs:
            return out
        for record in f.fetch(contig):
            filters = [x for x in record.filter.keys() if x != 'PASS']
            genotype = record.samples[0]['GT'] if len(record.samples) else ()
            if (filters and not filtered_too) or not genotype or None in genotype or not any(genotype):
                continue
            if inside(spans, record.start):
                site = Site(record, genotype, sequence)
                if site.variants:
                    out.append(site)
    return out


def clusters(truth, calls):
    """[(truth sites, call sites)] such that sites of different clusters are more than GAP apart."""
    tagged = sorted([(s.start, 0, i) for i, s in enumerate(truth)] + [(s.start, 1, i) for i, s in enumerate(calls)])
    out, end = [], None
    for start, which, i in tagged:
        site = (truth, calls)[which][i]
        if end is None or start > end + GAP:
            out.append(([], []))
            end = site.end
        out[-1][which].append(site)
        end = max(end, site.end)
    return out


def copies(found):
    count = {}
    for site in found:
        for v in site.variants:
            count[v] = count.get(v, 0) + 1
    return count


def same_sequences(truth, calls, sequence):
    everything = truth + calls
    start = max(0, min(s.start for s in everything) - MARGIN)
    end = min(len(sequence), max(s.end for s in everything) + MARGIN)
    return bool(spelt(sequence, start, end, [s.pair for s in truth]) & spelt(sequence, start, end, [s.pair for s in calls]))


def kind(variant):
    return 'SNP' if len(variant[1]) == len(variant[2]) else 'INDEL'


def judge(truth, calls, sequence, total):
    """Adds the copies of alleles that are right, missed and false in one cluster to total[kind]."""
    t, c = copies(truth), copies(calls)
    if t != c and truth and calls and same_sequences(truth, calls, sequence):
        c = t
    for v in {**t, **c}:
        right = min(t.get(v, 0), c.get(v, 0))
        total[kind(v)]['TP'] += right
        total[kind(v)]['FN'] += t.get(v, 0) - right
        total[kind(v)]['FP'] += c.get(v, 0) - right


def compare(truth_vcf, bed, calls_vcf, fasta, region=None, filtered_too=False):
    """-> {'SNP': {TP, FN, FP, recall, precision, F1}, 'INDEL': ...}, counted in copies of alleles"""
    total = {k: dict(TP=0, FN=0, FP=0) for k in ('SNP', 'INDEL')}
    reference = pysam.FastaFile(fasta)
    for contig, spans in intervals(bed, region).items():
        sequence = reference.fetch(contig).upper()
        truth = sites(truth_vcf, contig, sequence, spans)
        calls = sites(calls_vcf, contig, sequence, spans, filtered_too)
        for one in clusters(truth, calls):
            judge(*one, sequence, total)
    for n in total.values():
        n['recall'] = n['TP'] / (n['TP'] + n['FN']) if n['TP'] + n['FN'] else 1.0
        n['precision'] = n['TP'] / (n['TP'] + n['FP']) if n['TP'] + n['FP'] else 1.0
        n['F1'] = 2 * n['recall'] * n['precision'] / (n['recall'] + n['precision']) if n['recall'] + n['precision'] else 0.0
    return total


def table(total):
    rows = [f"{'':6} {'right':>7} {'missed':>7} {'false':>7} {'recall':>8} {'precision':>10} {'F1':>8}"]
    for name, n in total.items():
        rows.append(f"{name:6} {n['TP']:7} {n['FN']:7} {n['FP']:7} {n['recall']:8.4f} {n['precision']:10.4f} {n['F1']:8.4f}")
    return '\n'.join(rows)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ('truth', 'bed', 'calls', 'ref'):
        ap.add_argument('--' + name, required=True)
    ap.add_argument('--region', help='contig:first-last, 1-based')
    ap.add_argument('--filtered-too', action='store_true', help='judge filtered calls as well')
    ap.add_argument('--json', help='write the numbers here too')
    a = ap.parse_args()
    region = None
    if a.region:
        found = re.fullmatch(r'([^:]+):([\d,]+)-([\d,]+)', a.region)
        if not found:
            ap.error(f"'{a.region}' is no region: write contig:first-last")
        region = (found[1], int(found[2].replace(',', '')) - 1, int(found[3].replace(',', '')))
    for path in (a.truth, a.bed, a.calls, a.ref):
        if not os.path.isfile(path):
            ap.error(f'no such file: {path}')
    total = compare(a.truth, a.bed, a.calls, a.ref, region, a.filtered_too)
    print(table(total))
    if a.json:
        with open(a.json, 'w') as f:
            json.dump(total, f, indent=1)
    return 0


if __name__ == '__main__':
    sys.exit(main())
