"""One BAM window counted for what a sequencer does wrong: mismatches by quality, indels by run length, errors that share a site.

Bases that truth explains, that lie outside the confident BED, or that look like variants the truth lacks are not counted.
Everything is by reference offset within the window; strands are 0 forward, 1 reverse.
"""
import collections
import gzip

import numpy as np
import pysam

from .sequence import COMPLEMENT, LONGEST_RUN, encode, runs

MATCH, INSERTION, DELETION, SOFT = (0, 7, 8), 1, 2, 4
SIZES = LONGEST_RUN + 1


def known_name(chrom, names):
    return next(x for x in (chrom, chrom.replace('chr', ''), 'chr' + chrom) if x in names)


def truth_mask(path, chrom, start, end):
    """Bases that truth records explain, padded by 1 (substitutions) or 12 (indels); and [SNP, indel] records."""
    mask, count = np.zeros(end - start, bool), [0, 0]
    f = pysam.VariantFile(path)
    for record in f.fetch(known_name(chrom, list(f.header.contigs)), start, end):
        called = [x for x in record.samples[0]['GT'] if x]
        if not called:
            continue
        indel = any(len(record.alts[x - 1]) != len(record.ref) for x in called)
        count[indel] += 1
        pad = 12 if indel else 1
        length = max([len(record.ref)] + [len(record.alts[x - 1]) for x in called]) if indel else len(record.ref)
        mask[max(0, record.start - start - pad):record.start - start + length + pad] = True
    return mask, count


def confident_mask(path, chrom, start, end):
    mask = np.ones(end - start, bool)
    if path:
        mask[:] = False
        with (gzip.open if path.endswith('gz') else open)(path, 'rt') as f:
            for line in f:
                field = line.split()
                if len(field) > 2 and field[0].replace('chr', '') == chrom.replace('chr', ''):
                    a, b = max(int(field[1]), start), min(int(field[2]), end)
                    if a < b:
                        mask[a - start:b - start] = True
    return mask


class Aligned:
    """A read that counts: start relative to the window, CIGAR, qualities, base codes, strand."""

    def __init__(self, record, quality, base, start):
        self.start, self.cigar = record.reference_start - start, record.cigartuples
        self.quality, self.base, self.strand = quality, base, int(record.is_reverse)

    def matches(self, length):
        """(window slice, read slice) of each aligned stretch within the window."""
        at, i = self.start, 0
        for op, n in self.cigar:
            if op in MATCH:
                a, z = max(at, 0), min(at + n, length)
                if a < z:
                    yield slice(a, z), slice(i + a - at, i + z - at)
                at, i = at + n, i + n
            elif op == DELETION:
                at += n
            elif op in (INSERTION, SOFT):
                i += n

    def indels(self, length):
        """(window position, size) of each indel within the window; deletions have negative sizes."""
        at = self.start
        for op, n in self.cigar:
            if op in (INSERTION, DELETION) and 0 <= at < length:
                yield at, n if op == INSERTION else -n
            if op in MATCH or op == DELETION:
                at += n

    def end(self):
        return self.start + sum(n for op, n in self.cigar if op in MATCH or op == DELETION)


class Scan:
    def __init__(self, bam, ref, chrom, start, end, explained, confident, keep_pairs=False, min_mapq=20, learning=False):
        self.length, self.codes = end - start, encode(ref)
        self.explained, self.confident = explained, confident
        self.run_start, self.run_end, self.run_length = runs(self.codes)
        self.run_of = np.repeat(np.arange(len(self.run_start)), self.run_end - self.run_start)
        self.read(bam, chrom, start, end, keep_pairs, min_mapq)
        self.pile()
        self.find_unexplained()
        self.count_dephasing()
        self.find_systematic(learning)
        self.count_errors()
        self.measure_overdispersion()
        self.count_candidates()

    def read(self, bam, chrom, start, end, keep_pairs, min_mapq):
        self.quality_total, self.quality_n = np.zeros(64, np.int64), np.zeros(64, np.int64)
        self.fragments, self.duplicates, self.primary = [], 0, 0
        self.mapq, self.lengths, self.pairs, self.reads = [], collections.Counter(), [], []
        waiting = {}
        f = pysam.AlignmentFile(bam)
        for r in f.fetch(known_name(chrom, f.references), start, end):
            if r.is_secondary or r.is_supplementary or r.is_unmapped or r.query_qualities is None:
                continue
            self.primary += 1
            if r.is_duplicate:
                self.duplicates += 1
                continue
            quality = np.minimum(np.frombuffer(r.query_qualities, np.uint8), 63)
            base = encode(r.query_sequence)
            self.lengths[len(quality)] += 1
            self.mapq.append(r.mapping_quality)
            self.quality_total += np.bincount(quality, minlength=64)
            self.quality_n += np.bincount(quality[base == 4], minlength=64)
            if r.is_proper_pair and 0 < r.template_length < 1500:
                self.fragments.append(r.template_length)
            if keep_pairs:
                self.keep_pair(waiting, r, quality)
            if r.mapping_quality >= min_mapq:
                self.reads.append(Aligned(r, quality, base, start))
        self.mapq = np.array(self.mapq)

    def keep_pair(self, waiting, r, quality):
        mine = quality[::-1] if r.is_reverse else quality
        mate = waiting.pop(r.query_name, None)
        if mate is None:
            waiting[r.query_name] = (r.is_read1, mine)
        elif mate[0] != r.is_read1:
            self.pairs.append((mine, mate[1]) if r.is_read1 else (mate[1], mine))

    def pile(self):
        length, codes = self.length, self.codes
        depth = np.zeros(length, np.int64)
        self.alt = np.zeros((2, 4, length), np.int32)   # [strand][base]
        self.good_alt = np.zeros((4, length), np.int32)  # quality >= 10
        self.good_ref = np.zeros(length, np.int32)
        indels = collections.Counter()
        strand_depth = np.zeros((2, length + 1), np.int64)
        for r in self.reads:
            for window, part in r.matches(length):
                base, quality, ref = r.base[part], r.quality[part], codes[window]
                depth[window] += 1
                wrong = np.flatnonzero((base != ref) & (base < 4) & (ref < 4))
                self.alt[r.strand, base[wrong], window.start + wrong] += 1
                good = wrong[quality[wrong] >= 10]
                self.good_alt[base[good], window.start + good] += 1
                self.good_ref[window] += (base == ref) & (quality >= 10)
            indels.update(r.indels(length))
            a, z = max(r.start, 0), min(r.end(), length)
            if a < z:
                strand_depth[r.strand, a] += 1
                strand_depth[r.strand, z] -= 1
        self.depth, self.at_least_one = depth, np.maximum(depth, 1)
        self.strand_depth = np.cumsum(strand_depth, 1)
        self.indel_site = np.zeros(length, np.int32)
        for (p, _), k in indels.items():
            self.indel_site[p] = max(self.indel_site[p], k)

    def find_unexplained(self):
        """bad: bases that are not counted, among them what looks like variants that the truth lacks."""
        most = self.alt.sum(0).max(0)
        like_snp = (most >= 0.2 * self.at_least_one) & (most >= 3)
        like_indel = (self.indel_site >= 0.25 * self.at_least_one) & (self.indel_site >= 3)
        self.bad = self.explained | ~self.confident | like_snp | (self.codes == 4)
        for p in np.flatnonzero(like_indel):
            self.bad[max(0, p - 12):p + 25] = True

    def count_dephasing(self):
        """[errors, chances] by run length: the base after a run of 4 or more, in read direction, read as the run's base."""
        self.dephasing = np.zeros((2, SIZES), np.int64)
        long_runs = np.flatnonzero(self.run_length >= 4)
        self.after = ({}, {})
        for strand, places in ((0, self.run_end[long_runs]), (1, self.run_start[long_runs] - 1)):
            for p, k in zip(places, long_runs):
                if 0 <= p < self.length and not self.explained[p] and self.confident[p]:
                    self.after[strand][int(p)] = (int(self.run_length[k]), int(self.codes[self.run_start[k]]))
        for strand in (0, 1):
            for p, (k, base) in self.after[strand].items():
                if self.alt[:, base, p].sum() >= 0.3 * self.at_least_one[p] and self.alt[1 - strand, base, p] >= 2:
                    continue  # on both strands: rather a variant
                self.dephasing[0, k] += self.alt[strand, base, p]
                self.dephasing[1, k] += self.strand_depth[strand, p]

    def find_systematic(self, learning):
        """Sites whose errors pile up beyond what dephasing explains: the share on each strand."""
        self.systematic = []
        self.systematic_bases = int((~self.explained & self.confident & (self.codes < 4)).sum())
        both = self.alt.sum(0)
        for p in np.flatnonzero((both.max(0) >= 3) & ~self.explained & self.confident & (self.codes < 4)):
            base = int(both[:, p].argmax())
            count, depth = both[base, p], self.at_least_one[p]
            if p in self.after[0] or p in self.after[1] or self.bad[p] or count >= 0.35 * depth:
                continue
            if count >= 0.05 * depth and depth >= 8:
                self.systematic.append(tuple(self.alt[s, base, p] / max(1, self.strand_depth[s, p]) for s in (0, 1)))
                if learning:
                    self.bad[p] = True  # the error tables then hold what is left

    def count_errors(self):
        bad, codes, length = self.bad, self.codes, self.length
        self.mismatches, self.bases = np.zeros(64, np.int64), np.zeros(64, np.int64)
        self.substitutions = np.zeros((4, 4), np.int64)
        self.passes, self.insertions, self.deletions = (np.zeros(SIZES, np.int64) for _ in range(3))
        self.indel_sizes = collections.Counter()
        clean = ~np.logical_or.reduceat(bad, self.run_start)
        passed = np.zeros((SIZES, len(self.run_start) + 1), np.int64)
        for k in range(SIZES):
            passed[k, 1:] = np.cumsum((self.run_length == k) & clean)
        for r in self.reads:
            for window, part in r.matches(length):
                base, quality, ref = r.base[part], r.quality[part], codes[window]
                good = ~bad[window] & (base < 4)
                self.bases += np.bincount(quality[good], minlength=64)
                wrong = good & (base != ref)
                if wrong.any():
                    self.mismatches += np.bincount(quality[wrong], minlength=64)
                    pair = (COMPLEMENT[ref[wrong]], COMPLEMENT[base[wrong]]) if r.strand else (ref[wrong], base[wrong])
                    np.add.at(self.substitutions, pair, 1)
            for p, size in r.indels(length):
                if not bad[p] and p - r.start >= 3:
                    k = self.run_length[self.run_of[p]]
                    (self.insertions if size > 0 else self.deletions)[k] += 1
                    self.indel_sizes[(int(size > 0), min(abs(size), 8), int(k >= 4))] += 1
            lo, hi = np.searchsorted(self.run_start, r.start + 3), np.searchsorted(self.run_end, r.end() - 3, 'right')
            if hi > lo:
                self.passes += passed[:, hi] - passed[:, lo]

    def measure_overdispersion(self):
        """site_cv2: how unevenly mismatches fall on sites and strands; same_base: how often two errors of a site agree."""
        good = ~self.bad
        by_strand = self.alt.sum(1)[:, good].astype(float)
        mean = by_strand.mean()
        self.site_cv2 = max(0.0, float((by_strand * (by_strand - 1)).mean() / max(mean * mean, 1e-12) - 1))
        by_base = self.alt[:, :, good].astype(float)
        self.same_base = float((by_base * (by_base - 1)).sum() / max((by_strand * (by_strand - 1)).sum(), 1))

    def count_candidates(self):
        """What a caller would look at outside the truth: at least 2 reads and 12 %."""
        where = ~self.explained & self.confident & (self.codes < 4) & (self.depth >= 8)
        best = self.good_alt.max(0)
        share = best / np.maximum(self.good_ref + self.good_alt.sum(0), 1)
        self.candidate_bases = int(where.sum())
        self.candidate_snps = int(((best >= 2) & (share >= 0.12) & where).sum())
        sites = [p for p in np.flatnonzero((self.indel_site >= 2) & (self.indel_site >= 0.12 * self.at_least_one)) if where[p]]
        self.candidate_indels = len(sites)
        self.candidate_indels_in_runs = sum(self.near_run(p) for p in sites)
        self.by_share = [int(((best >= 2) & (share >= lo) & (share < hi) & where).sum()) for lo, hi in ((.05, .12), (.12, .2), (.2, .35), (.35, 1.01))]
        self.by_reads = np.bincount(np.minimum(self.alt.sum(0).max(0)[where], 8), minlength=9).tolist()

    def near_run(self, p):
        after = p + 1 < self.length and self.run_length[self.run_of[p + 1]] >= 4
        return bool(self.run_length[self.run_of[p]] >= 4 or after)
