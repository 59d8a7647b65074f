"""Donor haplotypes -> paired FASTQ with the errors of an error model (errors.py).

A pair is drawn from a fragment; the left read runs forward, the right one backward. A read is a row of indices into the
haplotype, in read direction: indel errors change the indices, everything else the bases that they pick. Equal arguments
and an equal generator give equal bytes, so the order of the draws is part of the format. What a library may have besides
(Effects) draws from generators of its own.
"""
import typing

import numpy as np

from .sequence import COMPLEMENT, LETTER, encode, runs

CHUNK = 20000       # pairs at once
ROOM = 40           # bases beyond the read, for deletions
FOREIGN = 9         # haplotype number of reads from a collapsed copy
CONTAMINANT = 8     # and of reads of another person
DIMMED = 0.85       # share of systematic errors whose quality is halved


def haplotype_of(ref, start, edits):
    """The haplotype's codes and, for every base, its offset on the reference."""
    sequence, position, at = [], [], start
    codes = encode(ref)
    for s, e, q in edits:
        sequence.append(codes[at - start:s - start])
        position.append(np.arange(at - start, s - start))
        if q:
            sequence.append(encode(q))
            position.append(np.full(len(q), max(0, s - start - 1)))
        at = e
    sequence.append(codes[at - start:])
    position.append(np.arange(at - start, len(codes)))
    return np.concatenate(sequence), np.concatenate(position).astype(np.int32)


class Effects(typing.NamedTuple):
    """What befalls a library beyond its error model; None is off."""
    selection: object = None  # selection.Selection
    slippage: object = None   # slippage.Slippage
    bursts: object = None     # bursts.ClipBursts

    def counts(self):
        out = {}
        if self.selection:
            out['fragments_kept'] = [self.selection.kept, self.selection.drawn]
        if self.slippage:
            out['slips'] = self.slippage.slips
        if self.bursts:
            out['bursts'] = self.bursts.counts()
        return out


class Sites:
    """What holds for a reference base on all haplotypes: how error-prone it is, and which wrong base it favours."""

    def __init__(self, model, length, rng, systematic):
        self.on = systematic
        spread = np.log1p(float(model['cv2'])) if systematic else 0.0
        self.factor = np.exp(rng.normal(-spread / 2, np.sqrt(spread), (2, length))).astype(np.float32)
        self.favoured = rng.random((2, length)).astype(np.float32)
        self.agreement = float(model['fav']) if systematic else 0.0
        self.share = np.zeros((2, length), np.float32)  # of reads of a strand that err at a systematic site
        if systematic:
            n = rng.poisson(float(model['sysd']) * length)
            at = rng.integers(0, length, n)
            pick = rng.integers(0, len(model['sysf']), n)
            self.share[0, at], self.share[1, at] = model['sysf'][pick, 0], model['sysf'][pick, 1]


class Haplotype:
    """One source of reads with what its runs do: indel errors (cumulative rates) and dephasing behind long runs."""

    def __init__(self, number, codes, position, model, systematic):
        self.number, self.codes, self.position = number, codes, position
        self.start, self.end, self.length = runs(codes)
        self.indel = {}
        for k, name in ((0, 'ins'), (1, 'dele')):
            rate = np.zeros(len(codes))
            rate[self.start] = model[name][self.length]
            self.indel[k] = np.concatenate([[0], np.cumsum(rate)])
        self.dephasing = np.zeros((2, len(codes)), np.float32)  # by read direction, and the run's base
        self.run_base = np.zeros((2, len(codes)), np.uint8)
        if systematic:
            ok = self.end < len(codes)
            self.dephasing[0, self.end[ok]], self.run_base[0, self.end[ok]] = model['dph'][self.length[ok]], codes[self.start[ok]]
            ok = self.start > 0
            self.dephasing[1, self.start[ok] - 1] = model['dph'][self.length[ok]]
            self.run_base[1, self.start[ok] - 1] = COMPLEMENT[codes[self.start[ok]]]


class Sequencer:
    def __init__(self, model, read_length, rng, sites, effects):
        self.model, self.rl, self.rng, self.sites, self.effects = model, read_length, rng, sites, effects
        self.cycle = np.minimum(np.arange(read_length), model['q'].shape[2] - 1)
        wrong = model['sub'].astype(float) + 0.5
        np.fill_diagonal(wrong, 0)
        self.wrong = np.cumsum(wrong / wrong.sum(1, keepdims=True), 1)
        fragment = model['tl'].copy()
        fragment[:read_length + 1] = 0
        self.fragment = np.cumsum(fragment / fragment.sum())
        self.indel_sizes = model['isz'] + 0.01
        self.substitutions = self.indels = 0

    def lengths(self, uniform):
        return np.searchsorted(self.fragment, uniform, 'right').clip(self.rl, 1499)

    def fragments(self, hap, depth):
        """Starts, lengths, which read is number 1, and whose quality strings; the last pairs are duplicates of others."""
        if self.effects.selection:
            start, length = self.effects.selection.fragments(hap.codes, hap.position, depth, self.rl, self.lengths)
            n = len(start)
        else:
            n = int(round(depth * len(hap.codes) / (2.0 * self.rl)))
            length = np.minimum(self.lengths(self.rng.random(n)), len(hap.codes) - 1)
            start = (self.rng.random(n) * (len(hap.codes) - length)).astype(np.int64)
        duplicates = int(round(n * float(self.model['dup'])))
        if duplicates:
            d = self.rng.integers(0, n - duplicates, duplicates)
            start[n - duplicates:], length[n - duplicates:] = start[d], length[d]
        flip = self.rng.random(n) < 0.5
        return start, length, flip, self.rng.integers(0, len(self.model['q']), n)

    def slip(self, hap, index, first, backward):
        """Indel errors, which are few: row by row on the index matrix. Returns where bases of no run were inserted."""
        rl, rng, inserted = self.rl, self.rng, {}
        total = [hap.indel[k][np.minimum(first + rl, len(hap.codes))] - hap.indel[k][np.maximum(first, 0)] for k in (0, 1)]
        for k in (0, 1):
            for r in np.flatnonzero(rng.random(len(first)) < total[k]):
                a, b = hap.indel[k][max(0, first[r])], hap.indel[k][min(first[r] + rl, len(hap.codes))]
                at = int(np.searchsorted(hap.indel[k], a + rng.random() * (b - a), 'right') - 1)
                j = at - first[r] if not backward else first[r] + rl - 1 - at
                if not 2 <= j < rl - 2:
                    continue
                in_run = int(hap.length[np.searchsorted(hap.start, at, 'right') - 1] >= 4)
                weight = self.indel_sizes[1 - k, in_run]
                size = int(rng.choice(9, p=weight / weight.sum())) or 1
                row = index[r]
                if k == 1 and size < ROOM:
                    index[r] = np.concatenate([row[:j], row[j + size:], np.repeat(row[-1:], size)])
                elif k == 0:
                    index[r] = np.concatenate([row[:j], np.repeat(row[j:j + 1], size), row[j:-size]])
                    if not in_run:
                        inserted[r] = (j, size)
                self.indels += 1
        return inserted

    def substitute(self, base, quality, position, backward):
        """Errors that the quality foretells, more on some sites than on others."""
        rng, sites = self.rng, self.sites
        rate = self.model['err'][quality] * sites.factor[int(backward), position]
        at = np.nonzero((rng.random(rate.shape, dtype=np.float32) < np.minimum(rate, 0.75)) & (base < 4))
        n = len(at[0])
        u = rng.random(n)
        if sites.agreement > 0:
            u = np.where(rng.random(n) < sites.agreement, sites.favoured[int(backward), position[at]], u)
        base[at] = (u[:, None] > self.wrong[base[at]]).sum(1).clip(0, 3)
        self.substitutions += n

    def systematic(self, hap, base, quality, index, position, backward):
        """Errors of systematic sites and of dephasing; the quality mostly suffers with them."""
        rng, sites, strand = self.rng, self.sites, int(backward)
        where = np.nonzero((sites.share[strand] > 0)[position] | (hap.dephasing[strand] > 0)[index])
        site, run = sites.share[strand][position[where]], hap.dephasing[strand][index[where]]
        u = rng.random(len(site))
        for chosen, from_run in ((u < site, False), ((u >= site) & (u < site + run), True)):
            r, c = where[0][chosen], where[1][chosen]
            if from_run:
                base[r, c] = hap.run_base[strand][index[r, c]]
            else:  # the same wrong base for a site on both strands
                shift = (sites.favoured[0, position[r, c]] * 3).astype(np.uint8)
                wrong = ((hap.codes[index[r, c]] + 1 + shift) % 4).astype(np.uint8)
                base[r, c] = COMPLEMENT[wrong] if backward else wrong
            quality[r, c] = np.where(rng.random(len(r)) < DIMMED, quality[r, c] // 2 + 2, quality[r, c])
            self.substitutions += len(r)

    def side(self, hap, backward, start, length, flip, pair):
        """Bases (letters) and qualities (Phred+33) of the left or the right reads of some fragments, each [n][read length]."""
        rl, rng = self.rl, self.rng
        first = start if not backward else start + length - rl
        index = (first if not backward else first - ROOM)[:, None] + np.arange(rl + ROOM)[None, :]
        np.clip(index, 0, len(hap.codes) - 1, out=index)
        if backward:
            index = index[:, ::-1]
        number = np.where(flip, 1 - int(backward), int(backward))  # read 1 or 2: whose qualities are used
        if self.effects.slippage:
            self.effects.slippage.apply(hap.codes, index, first, rl, backward)
        inserted = self.slip(hap, index, first, backward)
        index = index[:, :rl]
        base, position = hap.codes[index], hap.position[index]
        if backward:
            base = COMPLEMENT[base]
        for r, (j, size) in inserted.items():
            base[r, j:j + size] = rng.integers(0, 4, base[r, j:j + size].shape)
        quality = self.model['q'][pair[:, None], number[:, None], self.cycle[None, :]]
        self.substitute(base, quality, position, backward)
        if self.sites.on:
            self.systematic(hap, base, quality, index, position, backward)
        if self.effects.bursts:
            self.effects.bursts.apply(base, quality, position, backward)
        unread = rng.random(quality.shape, dtype=np.float32) < self.model['nfrac'][quality]
        base[unread] = 4
        return LETTER[base], quality + 33


def write_pairs(files, prefix, hap, serial, start, flip, left, right):
    position = hap.position[start]
    for r in range(len(start)):
        serial += 1
        name = b'@%s:%d:h%d:%d\n' % (prefix, serial, hap.number, position[r])
        one = name + left[0][r].tobytes() + b'\n+\n' + left[1][r].tobytes() + b'\n'
        two = name + right[0][r].tobytes() + b'\n+\n' + right[1][r].tobytes() + b'\n'
        files[0].write(two if flip[r] else one)
        files[1].write(one if flip[r] else two)
    return serial


def make_reads(out, haplotypes, ref_length, model, depth, read_length, rng, sample, systematic=True, foreign=(), effects=Effects()):
    """Writes out_1.fq and out_2.fq. haplotypes: [(codes, positions)], half of `depth` each;
    foreign: [(number, codes, positions, depth)], sequences that add reads from elsewhere (collapsed copies, another person).
    Returns counts."""
    sites = Sites(model, ref_length, rng, systematic)
    sequencer = Sequencer(model, read_length, rng, sites, effects)
    sources = [(h, c, p, depth / 2.0) for h, (c, p) in enumerate(haplotypes)] + list(foreign)
    serial = 0
    with open(out + '_1.fq', 'wb') as first, open(out + '_2.fq', 'wb') as second:
        for number, codes, position, its_depth in sources:
            hap = Haplotype(number, codes, position, model, systematic)
            start, length, flip, pair = sequencer.fragments(hap, its_depth)
            for at in range(0, len(start), CHUNK):
                part = slice(at, min(len(start), at + CHUNK))
                sides = [sequencer.side(hap, backward, start[part], length[part], flip[part], pair[part]) for backward in (False, True)]
                serial = write_pairs((first, second), sample.encode(), hap, serial, start[part], flip[part], *sides)
    return dict(pairs=serial, substitutions=sequencer.substitutions, indel_errors=sequencer.indels, **effects.counts())
