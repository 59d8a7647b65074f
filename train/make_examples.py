#!/usr/bin/env python3
"""Labelled examples of simulated sets: graph to GBZ, `haploom examples`, labels. Sets that are complete are left alone.

  make_examples.py --sets DIR --out DIR --haploom build/bin/haploom --model models/wgs [--jobs 2] [--only PREFIX ...]
                   [--numbers [--without-panel PREFIX ...]]

--numbers: not images for the network but numbers for the cascade's trees (`haploom examples --numbers`); sets whose names
begin as --without-panel says are looked at a second time as if there were no pangenome, under NAME.alone.

DIR of --sets holds one folder a set (make_sets.py). Sets are taken by piece number, so that a run that is cut short holds
something of each group; the watched ones come first.
"""
import argparse
import concurrent.futures
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from train.label import label  # noqa: E402


def ready_sets(folder, only):
    """Names of complete sets: watched ones, then by piece number, then by group."""
    names = [n for n in os.listdir(folder) if os.path.exists(os.path.join(folder, n, 'manifest.json'))]
    names = [n for n in names if not only or any(n.startswith(p) for p in only)]
    return sorted(names, key=lambda n: (not n.startswith('watch'), n.rpartition('.')[2], n))


def run(command, log):
    with open(log, 'a') as f:
        f.write(' '.join(command) + '\n')
        f.flush()
        subprocess.run(command, check=True, stdout=f, stderr=subprocess.STDOUT)


ALONE = '.alone'


def looks(names, a):
    """Each set once, and those of --without-panel again."""
    again = [n + ALONE for n in names if any(n.startswith(p) for p in a.without_panel)]
    return names + again


def make(name, a):
    alone = name.endswith(ALONE)
    source, prefix = os.path.join(a.sets, name.removesuffix(ALONE)), os.path.join(a.out, name)
    if os.path.exists(prefix + '.labels.json'):
        return name, None
    log = prefix + '.log'
    gbz = os.path.join(source, 'panel.gbz')
    try:
        if not alone and not os.path.exists(gbz):
            run([a.haploom, 'gbz', 'build', os.path.join(source, 'panel.gfa'), '-o', gbz], log)
        how = (['--numbers', '--vsc_min_count_panel_alleles', '1'] if a.numbers else []) + ([] if alone else ['--pangenome', gbz])
        run([a.haploom, 'examples', '--ref', os.path.join(source, 'ref.fa'), '--reads', os.path.join(source, 'reads.bam'),
             '--regions', os.path.join(source, 'confident.bed'), '--customized_model', a.model, '--output', prefix, *how], log)
        return name, label(prefix, os.path.join(source, 'truth.vcf.gz'), os.path.join(source, 'confident.bed'), os.path.join(source, 'ref.fa'))
    except (subprocess.CalledProcessError, OSError, ValueError) as problem:
        return name, f'FAILED: {problem}; see {log}'


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ('sets', 'out', 'haploom', 'model'):
        ap.add_argument('--' + name, required=True)
    ap.add_argument('--jobs', type=int, default=1)
    ap.add_argument('--only', nargs='*', help='sets whose names begin so')
    ap.add_argument('--numbers', action='store_true')
    ap.add_argument('--without-panel', nargs='*', default=[], help='sets whose names begin so')
    a = ap.parse_args()
    os.makedirs(a.out, exist_ok=True)
    total, failed = {}, 0
    with concurrent.futures.ThreadPoolExecutor(a.jobs) as pool:
        for name, report in pool.map(lambda n: make(n, a), looks(ready_sets(a.sets, a.only), a)):
            if report is None:
                print(f'{name}: there already', flush=True)
            elif isinstance(report, str):
                print(f'{name}: {report}', flush=True)
                failed += 1
            else:
                print(f'{name}: {json.dumps(report)}', flush=True)
                for k, v in report.items():
                    total[k] = total.get(k, 0) + v
    print(f'all: {json.dumps(total)}')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
