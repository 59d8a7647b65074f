#!/usr/bin/env python3
"""Fits the cascade's trees on numbers and writes them into a model folder: plain.txt, final.txt, cascade.json.

  fit_trees.py --numbers DIR [DIR] --sets DIR --out models/wgs [--rounds 350] [--without panel|network ...] [--seed 1]
               [--only PREFIX ...] [--weight PREFIX=W ...]

In:   DIR of make_examples.py --numbers: NAME[.PANEL].numbers.f32, .numbers.txt, .sites.tsv, .labels.u8; sets named watch* are not
      fitted on. Two of them, made with the networks of `fit.py --half 0` and `--half 1`: each stretch of the genome takes the answers
      of the network that was not trained on it
      DIR of make_sets.py, whose manifests tell the regions
Out:  plain.txt   trees that see what one partition tells of a site, to settle plain sites
      final.txt   trees that see everything; the network's answer is missing where the plain trees settle a site
      cascade.json  with the probability that settles, the temperature and the flags that candidates are looked for with
      cascade_training.json, reliability.svg  figures of the fit

Folds are cut by stretches of the genome (blocks.py): no site is judged by trees that saw it under another donor or panel.
Out-of-fold answers of the plain trees say where the final trees go without the network; those of the final trees give the
temperature. --only, --weight: a model for other data (exomes, other species) is fitted on its own sets, which weigh more, and on all
others that are like enough; sets whose names begin with a weighted prefix alone give temperature and figures. --without: for comparisons, trees that are not told of the panel, or not of the network's answer.
"""
import argparse
import glob
import json
import os
import sys
import zlib

import lightgbm
import numpy as np

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from train.blocks import blocks  # noqa: E402
from train.candidate_rows import NETWORK, candidates_of, read_numbers, true_of_all, without_network  # noqa: E402
from train.label import UNSURE  # noqa: E402
from train.more_trees import TEMPERATURES, softmax, trimmed  # noqa: E402

FOLDS = 3
THREADS = 2  # the trees are the same with any number
FIRST_OF_SHARD = 'depth_share'   # numbers from here on are known when the whole shard is
PANEL = ('haplotypes', 'set_haplotypes', 'set_frequency', 'other_haplotypes', 'panel_fit', 'local_fit', 'prior_0', 'prior_1', 'prior_2',
         'posterior_0', 'posterior_1', 'posterior_2', 'set_known', 'set_novel', 'novel_within_500', 'nearest_novel', 'known_within_2000', 'novel_within_2000')
SETTINGS = {
    'plain': dict(learning_rate=0.1, num_leaves=31, min_data_in_leaf=60, feature_fraction=0.5, bagging_fraction=0.8, bagging_freq=1, lambda_l2=2.0, max_bin=127),
    'final': dict(learning_rate=0.06, num_leaves=31, min_data_in_leaf=60, feature_fraction=0.4, bagging_fraction=0.7, bagging_freq=1, lambda_l2=5.0, max_bin=127),
}


def wanted(name, a):
    """Of the sets asked for one with its own panel always, watched ones too; of looks at another panel that share, by their names."""
    if a.only and not name.startswith(tuple(a.only)):
        return False
    own = len(name.split('.')) == 2
    return own or name.startswith('watch') or zlib.crc32(name.encode()) % 100 < 100 * a.other_panels


def weight_of(name, weights):
    """Of the longest prefix that is weighed."""
    fitting = [prefix for prefix in weights if name.startswith(prefix)]
    return weights[max(fitting, key=len)] if fitting else 1.0


def other_networks_answers(x, names, prefix, other, block):
    """Takes the answers of the second folder's network where the first's was trained: on the even blocks."""
    same, y = read_numbers(other)
    columns = [names.index(name) for name in NETWORK]
    rest = [i for i in range(len(names)) if i not in columns]
    if same != names or y.shape != x.shape or not np.array_equal(x[:, rest], y[:, rest], equal_nan=True):
        raise SystemExit(f'{prefix} and {other} differ in more than the network\'s answers: make both again')
    seen = np.flatnonzero(block % 2 == 0)
    x[np.ix_(seen, columns)] = y[np.ix_(seen, columns)]


class Data:
    """Labelled rows of all sets: x, y, weight, block and candidate of each, its set's index; names of the sets and of the numbers."""

    def __init__(self, a):
        folders, names, candidates = a.numbers, None, 0
        self.sets, parts = [], []
        for path in sorted(glob.glob(os.path.join(folders[0], '*.numbers.f32'))):
            prefix = path[:-len('.numbers.f32')]
            if not os.path.exists(prefix + '.labels.u8') or not wanted(os.path.basename(prefix), a):
                continue
            own, x = read_numbers(prefix)
            names = names or own
            if own != names:
                raise SystemExit(f'{prefix}: other numbers than those of the sets before it: make them again')
            block, candidate = blocks(prefix, a.sets), candidates_of(prefix)
            if len(folders) > 1:
                other_networks_answers(x, names, prefix, os.path.join(folders[1], os.path.basename(prefix)), block)
            y = np.fromfile(prefix + '.labels.u8', np.uint8)
            sure = y != UNSURE
            parts.append((x[sure], y[sure].astype(int), np.full(int(sure.sum()), len(self.sets)), block[sure], candidate[sure] + candidates))
            candidates += len(y)
            self.sets.append(os.path.basename(prefix))
        if not parts:
            raise SystemExit(f'{folders[0]} holds no labelled numbers')
        self.names = names
        self.x, self.y, self.set, self.block, self.candidate = (np.concatenate(column) for column in zip(*parts))
        self.watched = np.array([s.startswith('watch') for s in self.sets])[self.set]
        self.weight = np.array([weight_of(s, a.weight) for s in self.sets])[self.set]
        self.own = self.weight > 1 if a.weight else np.ones(len(self.y), bool)  # what the model is for

    def column(self, name):
        return self.names.index(name)


def fit(kind, data, x, rows, rounds, seed):
    known = range(data.column(FIRST_OF_SHARD)) if kind == 'plain' else range(len(data.names))
    columns = [c for c in known if data.names[c] not in data.hidden]
    train = lightgbm.Dataset(x[rows][:, columns], data.y[rows], weight=data.weight[rows], feature_name=[data.names[c] for c in columns], free_raw_data=True, params=dict(max_bin=SETTINGS[kind]['max_bin'], verbosity=-1))
    settings = dict(SETTINGS[kind], objective='multiclass', num_class=3, seed=seed, num_threads=THREADS, verbosity=-1, deterministic=True)
    booster = lightgbm.train(settings, train, rounds)
    return booster, columns


def answers(model, x):
    booster, columns = model
    return booster.predict(x[:, columns])


def out_of_fold(kind, data, x, rounds, seed, fold):
    out = np.full((len(data.y), 3), np.nan)
    for k in range(FOLDS):
        model = fit(kind, data, x, (fold != k) & ~data.watched, rounds, seed)
        out[fold == k] = answers(model, x[fold == k])
    return out


def save(booster, path):
    with open(path, 'w') as f:
        f.write(trimmed(booster.model_to_string()))


def cross_entropy(p, y):
    return float(-np.log(np.maximum(p[np.arange(len(y)), y], 1e-12)).mean())


def warmed(p, temperature):
    return softmax(np.log(np.maximum(p, 1e-15)) / temperature)


def calibration_error(p, y, bins=15):
    """Expected calibration error of the foremost answer, in bins of equal count."""
    sure, right = p.max(1), p.argmax(1) == y
    order = np.argsort(sure)
    return float(sum(len(b) * abs(sure[b].mean() - right[b].mean()) for b in np.array_split(order, bins)) / len(y))


def draw_reliability(path, parts):
    """parts: {name: (p, y)}. How often the foremost answer is right, by how sure it is, in Phred as GQ is written."""
    import matplotlib
    matplotlib.use('svg')
    from matplotlib import pyplot
    matplotlib.rcParams['svg.hashsalt'] = 'haploom'
    figure, axes = pyplot.subplots(figsize=(5, 5))
    edges = np.arange(0, 51, 5)
    axes.plot([0, 50], [0, 50], color='grey', linewidth=0.8)
    for name, (p, y) in parts.items():
        told = np.minimum(-10 * np.log10(np.maximum(1 - p.max(1), 1e-5)), 49.9)
        wrong = p.argmax(1) != y
        x, seen = [], []
        for a, b in zip(edges, edges[1:]):
            rows = (told >= a) & (told < b)
            if rows.sum() >= 50:
                x.append(-10 * np.log10((1 - p[rows].max(1)).mean()))
                seen.append(-10 * np.log10((wrong[rows].sum() + 0.5) / (rows.sum() + 1)))
        axes.plot(x, seen, marker='o', label=name)
    axes.set(xlabel='told: -10 log10 P(wrong)', ylabel='seen: -10 log10 share of wrong answers', xlim=(0, 50), ylim=(0, 50))
    axes.legend()
    figure.savefig(path, metadata={'Date': None})


def by_set(data, p):
    report = {}
    for i, name in sorted(enumerate(data.sets), key=lambda one: one[1]):
        if name.startswith('watch'):
            rows = data.set == i
            report[name] = dict(rows=int(rows.sum()), wrong=int((p[rows].argmax(1) != data.y[rows]).sum()), loss=round(cross_entropy(p[rows], data.y[rows]), 4))
    return report


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--numbers', required=True, nargs='+')
    ap.add_argument('--out', required=True)
    ap.add_argument('--sets', required=True)
    ap.add_argument('--rounds', type=int, default=350)
    ap.add_argument('--plain-rounds', type=int, default=150)
    ap.add_argument('--without', nargs='*', default=[], choices=('panel', 'network'))
    ap.add_argument('--least', type=float, default=0.995, help='probability from which on a site is settled: lower as long as the watched sets lose nothing')
    ap.add_argument('--other-panels', type=float, default=1.0, help='share of the looks without a panel or with another one that is fitted on')
    ap.add_argument('--only', nargs='*', help='sets whose names begin so')
    ap.add_argument('--weight', nargs='*', default=[], metavar='PREFIX=W', help='of the rows of sets whose names begin so; 1 for all others')
    ap.add_argument('--seed', type=int, default=1)
    a = ap.parse_args()
    if len(a.numbers) > 2:
        ap.error('--numbers takes one folder, or those of the two halves')
    a.weight = dict((prefix, float(w)) for prefix, w in (one.split('=') for one in a.weight))
    data = Data(a)
    data.hidden = (PANEL if 'panel' in a.without else ()) + (NETWORK if 'network' in a.without else ())
    fold = data.block % FOLDS
    print(f'{len(data.sets)} sets, {len(data.y)} rows, {int(data.watched.sum())} of them watched', flush=True)

    plain_oof = out_of_fold('plain', data, data.x, a.plain_rounds, a.seed, fold)
    settled = true_of_all(plain_oof.max(1) >= a.least, data.candidate)
    learnt = ~data.watched & data.own
    wrong = (plain_oof.argmax(1) != data.y) & settled
    print(f'plain: settles {settled[learnt].mean():.3f}, wrong there {wrong[learnt].sum() / max(1, settled[learnt].sum()):.5f}', flush=True)
    x = without_network(data.x, data.names, settled)
    final_oof = out_of_fold('final', data, x, a.rounds, a.seed, fold)
    temperature = min(TEMPERATURES, key=lambda t: cross_entropy(warmed(final_oof[learnt], t), data.y[learnt]))
    print(f'final: loss {cross_entropy(final_oof[learnt], data.y[learnt]):.4f}, temperature {temperature:.2f}, '
          f'wrong {(final_oof[learnt].argmax(1) != data.y[learnt]).mean():.5f}', flush=True)

    plain = fit('plain', data, data.x, ~data.watched, a.plain_rounds, a.seed)
    final = fit('final', data, x, ~data.watched, a.rounds, a.seed)
    settled_now = true_of_all(answers(plain, data.x).max(1) >= a.least, data.candidate)
    watched = warmed(answers(final, without_network(data.x, data.names, settled_now)), temperature)
    report = dict(sets=len(data.sets), rows=int(learnt.sum()), least=a.least, temperature=round(float(temperature), 2), rounds=a.rounds, plain_rounds=a.plain_rounds,
                  seed=a.seed, other_panels=a.other_panels, settled=round(float(settled[learnt].mean()), 4), settled_wrongly=int(wrong[learnt].sum()),
                  out_of_fold_loss=round(cross_entropy(warmed(final_oof[learnt], temperature), data.y[learnt]), 5),
                  out_of_fold_calibration_error=round(calibration_error(warmed(final_oof[learnt], temperature), data.y[learnt]), 5),
                  watched_calibration_error=round(calibration_error(watched[data.watched], data.y[data.watched]), 5), only=a.only, weight=a.weight, watched=by_set(data, watched))
    print(json.dumps({k: v for k, v in report.items() if k != 'watched'}))
    for name, one in report['watched'].items():
        print(f'{name:24} {one}')

    os.makedirs(a.out, exist_ok=True)
    save(plain[0], os.path.join(a.out, 'plain.txt'))
    save(final[0], os.path.join(a.out, 'final.txt'))
    with open(os.path.join(a.out, 'cascade.json'), 'w') as f:
        json.dump(dict(version='1', plain=dict(trees='plain.txt', least=a.least), final=dict(trees='final.txt', temperature=round(float(temperature), 2)),
                       flags_for_calling=dict(vsc_min_count_panel_alleles=1)), f, indent=1)
        f.write('\n')
    with open(os.path.join(a.out, 'cascade_training.json'), 'w') as f:
        json.dump(report, f, indent=1)
        f.write('\n')
    draw_reliability(os.path.join(a.out, 'reliability.svg'),
                     {'out of fold': (warmed(final_oof[learnt], temperature), data.y[learnt]), 'watched': (watched[data.watched], data.y[data.watched])})


if __name__ == '__main__':
    main()
