#!/usr/bin/env python3
"""Designs of the default model beside each other on the watched sets: the table of docs/cascade.md.

  compare_designs.py --sets DIR --haploom build/bin/haploom [--model models/wgs]

DIR: of make_sets.py with cascade_sets.json; GBZ files are made where they are missing. Errors by count_errors.py, missed + false, SNP
and INDEL together; the network's CPU is that of all sets with their panels, per megabase.
"""
import argparse
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# name, flags of haploom call, probability that settles
DESIGNS = [('network alone', ['--nocascade'], None), ('trees alone, the network never asked', [], 0.34), ('trees, network on all', [], 2.0),
           ('cascade, settled from 0.999 on', [], 0.999), ('cascade, settled from 0.995 on', [], 0.995), ('cascade, settled from 0.98 on', [], 0.98)]


def run(*command):
    return subprocess.run([str(c) for c in command], check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout


def model_of(source, folder, settles):
    shutil.copytree(source, folder, dirs_exist_ok=True)
    if settles is not None:
        path = os.path.join(folder, 'cascade.json')
        with open(path) as f:
            cascade = json.load(f)
        cascade['plain']['least'] = settles
        with open(path, 'w') as f:
            json.dump(cascade, f)


def call(a, work, one, model, flags, with_panel):
    """-> (missed, false, CPU seconds of the network, bases)"""
    gbz = os.path.join(one, 'panel.gbz')
    if not os.path.exists(gbz):
        run(a.haploom, 'gbz', 'build', os.path.join(one, 'panel.gfa'), '-o', gbz)
    calls, report, errors = (os.path.join(work, name) for name in ('calls.vcf.gz', 'report.json', 'errors.json'))
    place = {name: os.path.join(one, name) for name in ('ref.fa', 'reads.bam', 'confident.bed', 'truth.vcf.gz')}
    run(a.haploom, 'call', '--ref', place['ref.fa'], '--reads', place['reads.bam'], '--regions', place['confident.bed'], '--customized_model', model,
        '--output_vcf', calls, '--report', report, *flags, *(['--pangenome', gbz] if with_panel else []))
    run(sys.executable, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'count_errors.py'), '--truth', place['truth.vcf.gz'], '--bed',
        place['confident.bed'], '--calls', calls, '--ref', place['ref.fa'], '--json', errors)
    with open(errors) as f:
        counted = json.load(f)
    with open(report) as f:
        told = f.read()
    network = float(re.search(r'"network": *([0-9.e+-]+)', told).group(1))
    bases = int(re.search(r'"bases": *([0-9]+)', told).group(1))
    return sum(k['FN'] for k in counted.values()), sum(k['FP'] for k in counted.values()), network, bases


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--sets', required=True)
    ap.add_argument('--haploom', required=True)
    ap.add_argument('--model', default=os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'models/wgs'))
    a = ap.parse_args()
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'cascade_sets.json')) as f:
        groups = [group['name'] for group in json.load(f)['groups'] if group.get('role') == 'watch']
    watched = sorted(folder for name in groups for folder in glob.glob(os.path.join(a.sets, name + '.*')))
    print('| design | errors, with panel | errors, without | network, CPU-s/Mb |\n|---|---|---|---|')
    for name, flags, settles in DESIGNS:
        with tempfile.TemporaryDirectory() as work:
            model = os.path.join(work, 'model')
            model_of(a.model, model, settles)
            cells, cost = [], ''
            for with_panel in (True, False):
                missed, false, network, bases = (sum(x) for x in zip(*(call(a, work, one, model, flags, with_panel) for one in watched)))
                cells.append(f'{missed + false} ({missed} + {false})')
                cost = cost or f'{network / bases * 1e6:.2f}'
            print(f'| {name} | {cells[0]} | {cells[1]} | {cost} |', flush=True)


if __name__ == '__main__':
    main()
