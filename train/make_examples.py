#!/usr/bin/env python3
"""Labelled examples of simulated sets: graph to GBZ, `haploom examples`, labels. Sets that are complete are left alone.

  make_examples.py --sets DIR --out DIR --haploom build/bin/haploom --model models/wgs [--jobs 2] [--only PREFIX ...]
                   [--numbers | --open] [--panels own none two foreign --data DIR]

--numbers: not images for the network but numbers for the cascade's trees (`haploom examples --numbers`).
--open: only images that the plain trees of the model's cascade leave to the network.
--panels: each set with each of these (other_panels.py), under NAME, NAME.none, NAME.two, NAME.foreign; --data is that of make_sets.py.

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
from train.other_panels import write_foreign, write_two  # noqa: E402


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


FOREIGN_MIXES = ('0,0,1', '1,0,0', '0,1,0')


def looks(names, a):
    """(set, panel) in the order of the panels."""
    return [(name, panel) for panel in a.panels for name in names]


def pangenome(source, panel, a, log):
    """The GBZ of a set's panel, made where it is not there."""
    with open(os.path.join(source, 'manifest.json')) as f:
        made = json.load(f)
    options = made['args']
    gfa = {'own': 'panel.gfa', 'foreign': 'foreign.gfa', 'two': 'two.gfa'}[panel]
    path = os.path.join(source, gfa)
    if not os.path.exists(path):
        if panel == 'two':
            write_two(os.path.join(source, 'panel.gfa'), path)
        else:
            write_foreign(os.path.join(source, 'foreign'), path, a.data, os.path.join(a.data, 'ref', options['ref']), options['region'], options['seed'],
                          max(44, options['haps']), options['full_coords'], FOREIGN_MIXES[options['seed'] % len(FOREIGN_MIXES)])
    gbz = path.replace('.gfa', '.gbz')
    if not os.path.exists(gbz):
        run([a.haploom, 'gbz', 'build', path, '-o', gbz], log)
    return gbz


def make(look, a):
    name, panel = look
    source, prefix = os.path.join(a.sets, name), os.path.join(a.out, name if panel == 'own' else f'{name}.{panel}')
    if os.path.exists(prefix + '.labels.json'):
        return look, None
    log = prefix + '.log'
    try:
        kind = ['--numbers', '--vsc_min_count_panel_alleles', '1'] if a.numbers else ['--open'] if a.open else []
        how = kind + ([] if panel == 'none' else ['--pangenome', pangenome(source, panel, a, log)])
        run([a.haploom, 'examples', '--ref', os.path.join(source, 'ref.fa'), '--reads', os.path.join(source, 'reads.bam'),
             '--regions', os.path.join(source, 'confident.bed'), '--customized_model', a.model, '--output', prefix, *how], log)
        return look, label(prefix, os.path.join(source, 'truth.vcf.gz'), os.path.join(source, 'confident.bed'), os.path.join(source, 'ref.fa'))
    except (subprocess.CalledProcessError, OSError, ValueError) as problem:
        return look, f'FAILED: {problem}; see {log}'


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ('sets', 'out', 'haploom', 'model'):
        ap.add_argument('--' + name, required=True)
    ap.add_argument('--jobs', type=int, default=1)
    ap.add_argument('--only', nargs='*', help='sets whose names begin so')
    what = ap.add_mutually_exclusive_group()
    what.add_argument('--numbers', action='store_true')
    what.add_argument('--open', action='store_true')
    ap.add_argument('--panels', nargs='*', default=['own'], choices=('own', 'none', 'foreign', 'two'))
    ap.add_argument('--data', help='as of make_sets.py, for foreign panels')
    a = ap.parse_args()
    os.makedirs(a.out, exist_ok=True)
    total, failed = {}, 0
    with concurrent.futures.ThreadPoolExecutor(a.jobs) as pool:
        for look, report in pool.map(lambda one: make(one, a), looks(ready_sets(a.sets, a.only), a)):
            name = ' '.join(look)
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
