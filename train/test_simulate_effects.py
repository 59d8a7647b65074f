"""What a simulated set may have besides: each effect does what it says, and leaves everything else as it was."""
import argparse
import hashlib
import os
import re

import numpy as np
import pysam
import pytest

from train.simulate import bursts, gc_bias, imperfect_panel, inbred, selection, slippage
from train.simulate.__main__ import parser, run_set
from train.simulate.donor_set import Set
from train.simulate.invent import reference
from train.simulate.sequence import decode, encode, write_fasta

HERE = os.path.dirname(os.path.abspath(__file__))
PLAIN = {'panel.gfa': '934e067f46a54b4b', 'confident.bed': '975cca4786c1ea5d', 'reads_1.fq': 'a9e3a3081873d678', 'reads_2.fq': 'b8d8b17ab95c7ed7'}  # of the commit before any effect
LENGTH = 60_000


@pytest.fixture(scope='module')
def invented(tmp_path_factory):
    path = tmp_path_factory.mktemp('invented') / 'r.fa'
    write_fasta(path, [('c', reference(LENGTH, 11))])
    return path


@pytest.fixture(scope='module')
def make(invented, tmp_path_factory):
    """make('--flag', ...) -> folder of a small set, manifest; FASTQ kept."""
    def one(*flags):
        out = tmp_path_factory.mktemp('set')
        options = parser().parse_args(['run', '--ref', str(invented), '--region', f'c:0-{LENGTH}', '--model', os.path.join(HERE, 'simulate', 'illumina.json'), '--out', str(out),
                                       '--indel-spectrum', os.path.join(HERE, 'simulate', 'spectrum.json'), '--haps', '8', '--depth', '12', '--threads', '1', '--seed', '3', '--keep-fastq',
                                       *flags])
        return out, Set(options).make()
    return one


@pytest.fixture(scope='module')
def plain(make):
    return make()


def digest(folder, names=('panel.gfa', 'confident.bed', 'reads_1.fq', 'reads_2.fq')):
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest()[:16] for name in names}


def table(path):
    return [(r.pos, r.ref, r.alts, [s['GT'] for s in r.samples.values()]) for r in pysam.VariantFile(str(path))]


def reads_of(folder, haplotypes='0123456789'):
    return [r for r in pysam.AlignmentFile(str(folder / 'reads.bam')) if r.query_name.split(':')[2][1] in haplotypes and not r.is_secondary and not r.is_supplementary]


def test_with_every_effect_off_the_bytes_are_what_they_were(plain):
    assert digest(plain[0]) == PLAIN
    assert not set(plain[1]['args']) & {'slip', 'capture', 'contamination', 'panel_false'}


def test_another_persons_reads_come_at_their_share_and_leave_the_truth_alone(make):
    folder, info = make('--contamination', '0.05')
    own, other = reads_of(folder, '01'), reads_of(folder, '8')
    assert len(other) / len(own) == pytest.approx(0.05, abs=0.01)
    assert not any(k.startswith('truth_differs') for k in info)


def test_the_other_person_of_a_panel_is_neither_donor_nor_of_the_panel(make, plain):
    flags = ('--panel-vcf', str(plain[0] / 'panel.vcf.gz'), '--donor', 'SIM0000')
    alone, (folder, info) = make(*flags, '--haps', '4'), make(*flags, '--haps', '4', '--contamination', '0.02')
    inside = pysam.VariantFile(str(folder / 'panel.vcf.gz')).header.samples
    assert info['contaminant'] not in inside and info['contaminant'] != 'SIM0000' and len(inside) == 2
    assert table(folder / 'truth.vcf.gz') == table(alone[0] / 'truth.vcf.gz') and digest(folder, ['panel.gfa']) == digest(alone[0], ['panel.gfa'])
    with pytest.raises(SystemExit, match='lower --haps'):
        make(*flags, '--haps', '6', '--contamination', '0.02')


def test_tandem_repeats_are_found_once_with_their_true_unit():
    found = slippage.tracts(encode('GT' + 'AC' * 6 + 'TTTTTTTTTTTT' + 'GACT' * 3 + 'NNNNNNNNNN')).tolist()
    assert [(b - a, unit) for a, b, unit in found] == [(12, 2), (13, 4)]  # T GACT GACT GACT; no run of T or N


def test_slips_are_whole_units_and_grow_with_copies_and_factor():
    found = np.array([[0, 2 * n, 2] for n in (5, 10, 15, 30)])
    rate = slippage.rates(found, 1)
    assert rate[0] == pytest.approx(1e-3) and (np.diff(rate) > 0).all() and rate[3] == slippage.HIGHEST
    assert slippage.rates(found, 0.1)[0] == pytest.approx(1e-4)
    flank = decode(np.random.default_rng(1).integers(0, 4, 60).astype(np.uint8))
    text = flank + 'CAG' * 15 + flank
    codes = encode(text)
    for backward in (False, True):
        slips = slippage.Slippage(1e9, np.random.default_rng(2))
        index = np.tile(np.arange(165)[::-1] if backward else np.arange(165), (400, 1))
        slips.apply(codes, index, np.zeros(400, int), 165, backward)
        changes = []
        for row in index:
            read = decode(codes[row[::-1] if backward else row])
            repeat = max(re.findall('(?:CAG)+', read), key=len)
            changes.append(len(repeat) // 3 - 15)
            assert flank[-20:] + repeat in read and repeat + flank[:20] in read
        assert set(changes) <= {-3, -2, -1, 0, 1, 2, 3} and np.count_nonzero(changes) == slips.slips
        assert slips.slips == pytest.approx(400 * slippage.HIGHEST, rel=0.25) and changes.count(-1) > 2 * changes.count(1)


def test_foreign_tails_stand_at_their_loci_and_are_clipped(make, plain):
    folder, info = make('--clip-bursts', '40')
    assert info['reads']['bursts']['loci'] == 24 and info['reads']['bursts']['tails'] > 24
    clipped = [sum(any(op == 4 and n > 10 for op, n in r.cigartuples or []) for r in reads_of(f)) for f in (folder, plain[0])]
    assert clipped[0] > clipped[1] + 0.3 * info['reads']['bursts']['tails']
    assert table(folder / 'truth.vcf.gz') == table(plain[0] / 'truth.vcf.gz')


def test_a_tail_begins_at_the_break_on_either_strand():
    made = bursts.ClipBursts('A' * 2000, 0, np.random.default_rng(1))
    tail = encode('CCGT' * 75)
    for side, backward, want in ((1, False, 'AAAACCGT'), (1, True, 'ACGGTTTT'), (0, False, 'TGCCAAAA'), (0, True, 'TTTTGGCA')):
        position = np.arange(108, 100, -1) if backward else np.arange(101, 109)
        base = encode('T' * 8 if backward else 'A' * 8)
        made.write(base, np.full(8, 93, np.uint8), position, 104 if side else 105, 'chimera', side, tail, backward)
        assert decode(base) == want, (side, backward)


def test_depth_follows_gc(make):
    assert gc_bias.curve(np.array([0.25, 0.475, 0.7]), 1) == pytest.approx([0.5, 1, 0.5]) and gc_bias.curve(0.2, 0) == 1
    codes = np.concatenate([np.random.default_rng(1).choice(4, 30000, p=p).astype(np.uint8) for p in ([.375, .125, .125, .375], [.2625, .2375, .2375, .2625])])
    chosen = selection.Selection(codes, 400, 100, 1.0, None, np.random.default_rng(2))
    start, length = chosen.fragments(codes, np.arange(len(codes)), 20, 100, lambda u: np.full(len(u), 400))
    poor, rich = (start < 29600).sum(), (start >= 30000).sum()
    assert poor / rich == pytest.approx(0.5, abs=0.06)
    assert len(start) == pytest.approx(20 * 60000 / 200, rel=0.03)  # the mean depth stays


def test_a_capture_reads_its_targets_and_is_trusted_beside_them(make):
    folder, info = make('--capture', '--depth', '60')
    rows = [line.split('\t') for line in (folder / 'targets.bed').read_text().splitlines()]
    targets, genes = [(int(x[1]), int(x[2])) for x in rows], [x[3] for x in rows]
    confident = [tuple(map(int, line.split('\t')[1:3])) for line in (folder / 'confident.bed').read_text().splitlines()]
    on, near = np.zeros(LENGTH, bool), np.zeros(LENGTH, bool)
    for a, b in targets:
        on[a:b] = near[max(0, a - 1000):b + 1000] = True
        assert 120 <= b - a <= 300
    assert all(300 <= b[0] - a[1] <= 3000 for a, b, g, h in zip(targets, targets[1:], genes, genes[1:]) if g == h)
    assert 0.11 < on.mean() < 0.19
    assert all(on[max(0, a + 25):b - 25].any() and not on[a:min(a + 25, b)].all() for a, b in confident)
    depth = np.zeros(LENGTH)
    for r in reads_of(folder):
        depth[r.reference_start:r.reference_end] += 1
    assert depth[on].mean() == pytest.approx(60, rel=0.15) and depth[~near].mean() < 60 * 0.05
    assert info['targets']['number'] == len(targets)


def test_a_panel_lacks_alleles_and_the_truth_does_not(make, plain):
    folder, info = make('--panel-missing', '0.3')
    dropped, total = info['panel_missing']
    assert dropped / total == pytest.approx(0.3, abs=0.1)
    assert len(table(folder / 'panel.vcf.gz')) < len(table(plain[0] / 'panel.vcf.gz'))
    assert digest(folder, ['reads_1.fq', 'reads_2.fq']) == digest(plain[0], ['reads_1.fq', 'reads_2.fq'])


def test_false_alleles_are_nobodys_and_mostly_alone_on_a_haplotype(make, plain):
    folder, info = make('--panel-false', '2000')
    assert info['panel_false'] == 120
    had = {(p, r, alts) for p, r, alts, _ in table(plain[0] / 'panel.vcf.gz')}
    new = [x for x in table(folder / 'panel.vcf.gz') if x[:3] not in had]
    ref = pysam.FastaFile(str(folder / 'ref.fa')).fetch('c')
    assert 100 <= len(new) <= 120
    truth = imperfect_panel.spelt([(p - 1, r, alts) for p, r, alts, _ in table(plain[0] / 'truth.vcf.gz')], ref, 0)
    assert not truth & imperfect_panel.spelt([(p - 1, r, alts) for p, r, alts, _ in new], ref, 0)
    bearers = [[2 * s + h for s, pair in enumerate(row) for h in (0, 1) if pair[h]] for _, _, _, row in new]
    assert np.mean([len(b) == 1 for b in bearers]) > 0.8
    close = [x[0] < y[0] + 200 and x[1] == y[1] for x, y in zip(zip([n[0] for n in new[1:]], bearers[1:]), zip([n[0] for n in new], bearers))]
    assert np.mean(close) > 0.35
    assert digest(folder, ['reads_1.fq', 'reads_2.fq']) == digest(plain[0], ['reads_1.fq', 'reads_2.fq'])


def test_an_indel_is_known_in_every_spelling():
    ref = 'GATTTTACACACG'
    assert imperfect_panel.normalised(5, ref[5], '', ref) == imperfect_panel.normalised(2, ref[2], '', ref) == (2, ref[2], '')
    assert imperfect_panel.normalised(12, '', 'AC', ref) == (6, '', 'AC')
    assert imperfect_panel.normalised(8, ref[8], 'T', ref) == (8, ref[8], 'T')


def test_a_panel_of_three_hundred_haplotypes_is_whole(make):
    folder, info = make('--haps', '300', '--depth', '2')
    assert info['gfa']['walks'] == 301 and len(pysam.VariantFile(str(folder / 'panel.vcf.gz')).header.samples) == 150
    again, info = make('--panel-vcf', str(folder / 'panel.vcf.gz'), '--donor', 'SIM0007', '--haps', '298', '--depth', '2')
    assert info['gfa']['walks'] == 299 and info['panel_samples'] == 149


def test_another_species_has_the_heterozygosity_that_was_asked_for(make):
    folder, _ = make('--heterozygosity', '0.01', '--haps', '2', '--depth', '2')
    found = pysam.VariantFile(str(folder / 'truth.vcf.gz'))
    snps = sum(len(r.ref) == 1 and all(len(a) == 1 for a in r.alts) and len(set(r.samples[0]['GT'])) == 2 for r in found)
    assert snps / LENGTH == pytest.approx(0.01, rel=0.2)


def test_another_species_and_a_panel_file_exclude_each_other():
    with pytest.raises(SystemExit, match='leave out --panel-vcf'):
        run_set(argparse.Namespace(heterozygosity=0.01, panel_vcf='x', donor_vcf=None))


def test_the_inbred_share_has_no_heterozygous_variants(make, plain):
    folder, info = make('--heterozygosity', '0.005', '--haps', '2', '--depth', '2', '--inbred', '0.6')
    within = info['inbred_segments']
    assert sum(b - a for a, b in within) == pytest.approx(0.6 * LENGTH, abs=2)
    het = [p for p, _, _, row in table(folder / 'truth.vcf.gz') if len(set(row[0])) == 2]
    assert het and not [p for p in het if any(a + 50 < p < b - 50 for a, b in within)]


def test_segments_cover_their_share_apart_from_each_other():
    for share in (0.1, 0.5, 0.9, 1):
        found = inbred.segments(400_000, share, np.random.default_rng(5))
        assert sum(b - a for a, b in found) == pytest.approx(share * 400_000, abs=10)
        assert all(a[1] <= b[0] for a, b in zip(found, found[1:])) and found[-1][1] <= 400_000
    assert inbred.segments(400_000, 0, np.random.default_rng(5)) == []


def test_effects_stand_together(make):
    folder, info = make('--contamination', '0.02', '--slip', '5', '--clip-bursts', '20', '--gc-bias', '0.5', '--panel-missing', '0.1', '--panel-false', '300', '--capture', '--inbred', '0.3')
    assert info['reads']['slips'] > 0 and info['reads']['bursts']['tails'] > 0 and not any(k.startswith('truth_differs') for k in info)
    assert os.path.exists(folder / 'reads.bam.bai')
