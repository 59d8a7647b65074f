"""The demo data is complete, sound and the same for the same seed."""
import json
import os
import subprocess
import sys

import pysam
import pytest

from train.simulate.invent import reference

HERE = os.path.dirname(os.path.abspath(__file__))


@pytest.fixture(scope='module')
def demo(tmp_path_factory):
    def make(name, seed):
        out = str(tmp_path_factory.mktemp('demo') / name)
        subprocess.run([sys.executable, os.path.join(HERE, 'make_demo.py'), '--out', out, '--length', '40000', '--seed', str(seed), '--haplotypes', '16'], check=True)
        return out
    return make('one', 3), make('again', 3)


def lines(path):
    with open(path) as f:
        return f.read().splitlines()


def test_the_same_seed_gives_the_same_bytes(demo):
    for name in ('ref.fa', 'panel.gfa', 'confident.bed', 'manifest.json'):
        assert lines(os.path.join(demo[0], name)) == lines(os.path.join(demo[1], name)), name
    reads = [[r.to_string() for r in pysam.AlignmentFile(os.path.join(d, 'reads.bam'))] for d in demo]
    assert reads[0] == reads[1]


def test_the_walks_spell_the_reference_and_sixteen_haplotypes(demo):
    gfa = [line.split('\t') for line in lines(os.path.join(demo[0], 'panel.gfa'))]
    node = {f[1]: f[2] for f in gfa if f[0] == 'S'}
    assert gfa[0] == ['H', 'VN:Z:1.1', 'RS:Z:DEMO']
    walks = [f for f in gfa if f[0] == 'W']
    assert len(walks) == 17 and max(map(len, node.values())) <= 1024
    spelt = [''.join(node[x] for x in w[6][1:].split('>')) for w in walks]
    assert spelt[0] == ''.join(lines(os.path.join(demo[0], 'ref.fa'))[1:])
    assert all(int(w[5]) - int(w[4]) == len(s) for w, s in zip(walks, spelt))


def test_the_donor_is_not_in_the_panel_and_has_truth(demo):
    with open(os.path.join(demo[0], 'manifest.json')) as f:
        info = json.load(f)
    assert info['truth_in_confident']['snp'] > 5
    assert not [k for k in info if k.startswith('truth_differs')]
    assert 'DONOR' not in pysam.VariantFile(os.path.join(demo[0], 'panel.vcf.gz')).header.samples


def test_reads_are_sorted_indexed_and_about_as_deep_as_asked(demo):
    bam = pysam.AlignmentFile(os.path.join(demo[0], 'reads.bam'))
    assert bam.has_index() and bam.header['HD']['SO'] == 'coordinate'
    reads = list(bam)
    assert 25 < sum(r.query_length for r in reads) / 40000 < 35
    assert {r.query_length for r in reads} == {150}
    assert len({q for r in reads[:200] for q in r.query_qualities}) > 15


def test_complete_data_is_left_alone(demo):
    before = os.stat(os.path.join(demo[0], 'reads.bam')).st_mtime_ns
    done = subprocess.run([sys.executable, os.path.join(HERE, 'make_demo.py'), '--out', demo[0], '--length', '40000', '--seed', '3', '--haplotypes', '16'],
                          check=True, stdout=subprocess.PIPE, text=True)
    assert 'complete' in done.stdout and os.stat(os.path.join(demo[0], 'reads.bam')).st_mtime_ns == before


def test_the_invented_reference_has_long_runs_repeats_and_few_cpg():
    ref = reference(60000, 5)
    assert len(ref) == 60000 and set(ref) == set('ACGT')
    assert any(base * 10 in ref for base in 'AT')
    assert 0.30 < (ref.count('G') + ref.count('C')) / len(ref) < 0.56
    assert ref.count('CG') < 0.6 * ref.count('GC')
    words = {}
    for i in range(0, len(ref) - 20):
        words[ref[i:i + 20]] = words.get(ref[i:i + 20], 0) + 1
    assert sum(n > 1 for n in words.values()) > 500
