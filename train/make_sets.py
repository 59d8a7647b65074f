#!/usr/bin/env python3
"""Simulate the sets that sets.json declares: one folder each, in parallel jobs, those that are complete left alone.

  make_sets.py --data DIR --out DIR [--jobs 2] [--only GROUP ...] [--list]

DIR of --data holds ref/, truth/, panel/ and models/ (real sequences, truth sets and error models; data/real).
"""
import argparse
import concurrent.futures
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from train.simulate.lift import lift  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
SHORTEST = 150_000  # a last piece below this is left out
PATHS = ('panel-vcf', 'donor-vcf')
SWITCHES = ('full-coords', 'collapsed-in-bed', 'no-systematic', 'capture')
NOT_FLAGS = ('name', 'title', 'role', 'seed', 'spans', 'piece', 'ref', 'model', *SWITCHES)


def pieces(group):
    """[(contig, start, end)] of a group's spans, cut at `piece`."""
    out = []
    for contig, start, end in group['spans']:
        for a in range(start, end, group['piece']):
            b = min(a + group['piece'], end)
            if b - a >= SHORTEST:
                out.append((contig, a, b))
    return out


def cycled(value, i):
    return value[i % len(value)] if isinstance(value, list) else value


def expand(spec):
    """-> [set]: name, role, region and every setting with its lists resolved; in the order of rounds over the groups,
    so that a queue that is cut short holds something of each group."""
    out = []
    for group in spec['groups']:
        group = {**spec['defaults'], **group}
        for i, (contig, a, b) in enumerate(pieces(group)):
            one = {k: cycled(v, i) for k, v in group.items() if k not in ('spans', 'piece')}
            one.update(name=f"{group['name']}.{i:02d}", group=group['name'], seed=group['seed'] + i, region=f'{contig}:{a}-{b}')
            one['read-len'] = spec['read_length'][one['model']]
            out.append((i, one))
    return [one for _, one in sorted(out, key=lambda x: x[0])]


def command(one, data, out, simulator):
    def path(p):
        return os.path.join(out if p.startswith('lift/') else data, p)

    cmd = [*simulator, 'run', '--ref', path(one['ref']), '--region', one['region'], '--model', path(f"models/{one['model']}.npz"),
           '--out', os.path.join(out, one['name']), '--seed', str(one['seed']),
           '--indel-spectrum', path('models/indel_spectrum.HG002.json')]
    for flag in SWITCHES:
        if one.get(flag):
            cmd.append('--' + flag)
    if one.get('full-coords'):
        cmd += ['--align-ref', os.path.join(out, 'index', 'ref.fa')]
    for key, value in one.items():
        if key not in NOT_FLAGS and key not in ('group', 'region'):
            cmd += ['--' + key, path(value) if key in PATHS else str(value)]
    return cmd


def prepare(spec, data, out):
    """The lifted truth and the bwa index of the whole reference."""
    os.makedirs(os.path.join(out, 'lift'), exist_ok=True)
    ref = os.path.join(data, spec['defaults']['ref'])
    for name, how in spec['lift'].items():
        if not os.path.exists(os.path.join(out, name)):
            kept, dropped = lift(os.path.join(data, how['vcf']), ref, how['source'], how['target'], how['span'],
                                 range(*how['shifts']), os.path.join(out, name))
            print(f'{name}: kept {sum(kept.values())} by shift {kept}, dropped {dropped}', flush=True)
    index = os.path.join(out, 'index', 'ref.fa')
    if not os.path.exists(index + '.sa'):
        os.makedirs(os.path.dirname(index), exist_ok=True)
        with open(index, 'wb') as f:
            subprocess.run(['bgzip', '-dc', ref], stdout=f, check=True)
        subprocess.run(['bwa', 'index', index], check=True, stderr=subprocess.DEVNULL)


def make(one, data, out, simulator):
    folder = os.path.join(out, one['name'])
    if os.path.exists(os.path.join(folder, 'manifest.json')):
        return one['name'], 'there already'
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, 'simulate.log'), 'w') as log:
        done = subprocess.run(command(one, data, out, simulator), stdout=log, stderr=subprocess.STDOUT)
    return one['name'], 'made' if done.returncode == 0 else f'FAILED, see {folder}/simulate.log'


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--data', required=True)
    ap.add_argument('--out', required=True)
    ap.add_argument('--sets', default=os.path.join(HERE, 'sets.json'))
    ap.add_argument('--jobs', type=int, default=1)
    ap.add_argument('--only', nargs='*', help='groups')
    ap.add_argument('--list', action='store_true', help='print the sets and stop')
    ap.add_argument('--simulator', help='another program than train/simulate')
    a = ap.parse_args()
    with open(a.sets) as f:
        spec = json.load(f)
    sets = [s for s in expand(spec) if not a.only or s['group'] in a.only]
    if a.list:
        for s in sets:
            print(s['name'], s['role'], s['region'], s['model'], f"depth={s['depth']}", f"haps={s['haps']}", f"seed={s['seed']}", sep='\t')
        return 0
    simulator = [sys.executable] + ([a.simulator] if a.simulator else ['-m', 'train.simulate'])
    out, data = os.path.abspath(a.out), os.path.abspath(a.data)
    prepare(spec, data, out)
    os.chdir(os.path.dirname(HERE))
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(a.jobs) as pool:
        for name, what in pool.map(lambda one: make(one, data, out, simulator), sets):
            print(f'{name}: {what}', flush=True)
            failed += 'FAILED' in what
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
