"""What the simulator puts in comes out: edits become walks, and a learnt model finds the rates that reads were made with."""
import os
import subprocess
import sys

import numpy as np
import pytest

from train.simulate import errors, gfa, panel
from train.simulate.reads import haplotype_of
from train.simulate.sequence import decode, encode, region_of, runs

HERE = os.path.dirname(os.path.abspath(__file__))
REF = 'GATTACAGATTTTTTACAGGCATGCATCGA'


def test_runs_cover_the_sequence_and_skip_n():
    start, end, length = runs(encode('AACNNGGGG'))
    assert start.tolist() == [0, 2, 3, 5] and end.tolist() == [2, 3, 5, 9] and length.tolist() == [2, 1, 0, 4]


def test_a_region_needs_its_three_parts():
    assert region_of('chr20:1,000-2,000') == ('chr20', 1000, 2000)
    with pytest.raises(ValueError, match='is no region'):
        region_of('chr20')


def test_overlapping_records_are_dropped_for_that_haplotype_alone():
    records = [(2, 'TTA', ['T']), (4, 'A', ['G']), (8, 'A', ['C'])]
    genotypes = [[(1, 0)], [(1, 1)], [(0, 1)]]
    dropped, edits = panel.resolve(records, genotypes, 1)
    assert dropped == 1 and genotypes == [[(1, 0)], [(0, 1)], [(0, 1)]]
    assert edits == [[(3, 5, '')], [(4, 5, 'G'), (8, 9, 'C')]]


def test_walks_spell_the_haplotypes_that_reads_are_drawn_from(tmp_path):
    edits = [(3, 5, ''), (9, 9, 'CCCCC'), (20, 21, 'T')]
    count = gfa.write_gfa(tmp_path / 'g.gfa', REF, 100, 'c', 'R', [('S', 1, [(s + 100, e + 100, q) for s, e, q in edits])], max_node=4)
    lines = [line.split('\t') for line in (tmp_path / 'g.gfa').read_text().splitlines()]
    node = {f[1]: f[2] for f in lines if f[0] == 'S'}
    walks = {f[1]: ''.join(node[x] for x in f[6][1:].split('>')) for f in lines if f[0] == 'W'}
    codes, position = haplotype_of(REF, 0, edits)
    assert walks == {'R': REF, 'S': decode(codes)}
    assert len(position) == len(codes) and (np.diff(position) >= 0).all()
    assert max(map(len, node.values())) <= 4 and count['walks'] == 2


def test_overlapping_edits_are_refused():
    with pytest.raises(ValueError, match='overlaps'):
        gfa.Graph(REF, 0, [('S', 1, [(3, 8, ''), (5, 6, 'G')])], 1024).walk([(3, 8, ''), (5, 6, 'G')])


def test_a_parametric_model_has_every_part_of_a_learnt_one():
    model = errors.load(os.path.join(HERE, 'simulate', 'illumina.json'), err_scale=2.0, run_scale=3.0)
    plain = errors.load(os.path.join(HERE, 'simulate', 'illumina.json'))
    assert model['q'].dtype == np.uint8 and model['q'].shape[1:] == (2, 150) and model['q'].min() >= 2
    assert np.isclose(model['err'][30], 2 * plain['err'][30]) and np.isclose(model['dele'][6], 3 * plain['dele'][6])
    assert (model['ins'] + model['dele']).max() <= 0.3 + 1e-9
    assert plain['q'][:, 0, :20].mean() > plain['q'][:, 0, -20:].mean() > plain['q'][:, 1, -20:].mean()


def test_a_learnt_model_finds_the_rates_that_reads_were_made_with(tmp_path):
    demo = tmp_path / 'demo'
    subprocess.run([sys.executable, os.path.join(HERE, 'make_demo.py'), '--out', str(demo), '--length', '60000', '--seed', '4', '--haplotypes', '4'], check=True)
    out = str(tmp_path / 'm.npz')
    subprocess.run([sys.executable, '-m', 'train.simulate', 'learn', '--bam', str(demo / 'reads.bam'), '--ref', str(demo / 'ref.fa'), '--region', 'chr20:0-60000',
                    '--truth', str(demo / 'truth.vcf.gz'), '--confident', str(demo / 'confident.bed'), '--out', out], check=True, cwd=os.path.dirname(HERE))
    learnt, made = errors.load(out), errors.load(os.path.join(HERE, 'simulate', 'illumina.json'))
    assert abs((learnt['tl'] * np.arange(1500)).sum() / learnt['tl'].sum() - 440) < 15
    common = learnt['tot'] > 50000
    assert common.sum() > 5 and (np.abs(np.log10(learnt['err'][common] / made['err'][common])) < 0.6).all()
    assert abs(float(learnt['dup']) - made['dup']) < 0.005
    assert (learnt['ins'] + learnt['dele'])[10:14].mean() > 5 * (learnt['ins'] + learnt['dele'])[4:6].mean()
