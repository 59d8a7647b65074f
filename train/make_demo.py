#!/usr/bin/env python3
"""The demo data: everything that a first call needs, out of a seed and nothing else.

  make_demo.py --out demo [--seed 7] [--length 200000] [--threads 2]

DIR/ref.fa              invented reference, one contig, with repeats of all kinds
DIR/panel.gfa           32 haplotypes and the reference as a PanSN graph (reference sample in the RS tag)
DIR/panel.vcf.gz        the same panel as a phased VCF
DIR/truth.vcf.gz        the donor's variants; the donor is not in the panel
DIR/confident.bed       where the truth is to be trusted
DIR/reads.bam           2x150 reads of the donor at 30x, aligned with bwa mem, duplicates marked, indexed
DIR/manifest.json       seed, counts, how it was made; written last: with it the data is complete

Needs numpy, pysam, msprime; bwa, samtools, bcftools. Done already with the same arguments: does nothing.
"""
import argparse
import json
import os
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from train.simulate import __main__ as simulate  # noqa: E402
from train.simulate.donor_set import Set  # noqa: E402
from train.simulate.invent import reference  # noqa: E402
from train.simulate.sequence import write_fasta  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
CONTIG = 'chr20'
VERSION = 1  # raise when the data changes for the same arguments


def settings(a):
    return dict(version=VERSION, seed=a.seed, length=a.length, haplotypes=a.haplotypes, depth=a.depth)


def is_made(a):
    try:
        with open(os.path.join(a.out, 'manifest.json')) as f:
            return json.load(f).get('demo') == settings(a)
    except (OSError, ValueError):
        return False


def make(a):
    os.makedirs(a.out, exist_ok=True)
    manifest = os.path.join(a.out, 'manifest.json')
    if os.path.exists(manifest):
        os.remove(manifest)
    with tempfile.TemporaryDirectory() as scratch:
        fasta = os.path.join(scratch, 'invented.fa')
        write_fasta(fasta, [(CONTIG, reference(a.length, a.seed))])
        options = simulate.parser().parse_args([
            'run', '--ref', fasta, '--region', f'{CONTIG}:0-{a.length}', '--out', os.path.abspath(a.out), '--seed', str(a.seed),
            '--model', os.path.join(HERE, 'simulate', 'illumina.json'), '--indel-spectrum', os.path.join(HERE, 'simulate', 'spectrum.json'),
            '--haps', str(a.haplotypes), '--depth', str(a.depth), '--read-len', '150', '--sample', 'DONOR', '--ref-sample', 'DEMO',
            '--threads', str(a.threads)])
        info = Set(options).make()
    info = {'demo': settings(a), **{k: v for k, v in info.items() if k not in ('args', 'seconds')}}
    with open(manifest + '.new', 'w') as f:
        json.dump(info, f, indent=1, default=str)
    os.replace(manifest + '.new', manifest)
    return info


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--out', required=True, metavar='DIR')
    ap.add_argument('--seed', type=int, default=7)
    ap.add_argument('--length', type=int, default=200_000, help='bases of the reference')
    ap.add_argument('--haplotypes', type=int, default=32, help='of the panel (even)')
    ap.add_argument('--depth', type=float, default=30)
    ap.add_argument('--threads', type=int, default=2)
    a = ap.parse_args()
    if is_made(a):
        print(f'demo data: {a.out} is complete')
        return 0
    info = make(a)
    truth = info['truth_in_confident']
    print(f"demo data: {a.out}: {a.length // 1000} kb, {info['gfa']['walks'] - 1} haplotypes, {2 * info['reads']['pairs']} reads, "
          f"truth {truth['snp']} SNP + {truth['indel']} indel")
    return 0


if __name__ == '__main__':
    sys.exit(main())
