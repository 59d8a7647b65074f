"""A cascade's trees gone on from: a few rounds of boosting on top of those of a model folder, in one file with them.

Rows are what `haploom examples --numbers` writes. Boosting begins at the base trees' raw scores (LightGBM's init_score), as the files of
a model folder lack the statistics that LightGBM's own continued training asks for. A merged file is the base's head and trees with the
new ones numbered on behind them: src/model/trees.cc and LightGBM read it, and it answers base + new.
"""
import csv
import json
import os
import re

os.environ.setdefault('OMP_WAIT_POLICY', 'passive')  # LightGBM's threads sleep between rounds, else they are in each other's way

import numpy as np  # noqa: E402

from .candidate_rows import candidates_of, read_numbers, true_of_all, without_network  # noqa: E402
from .data import kind_of  # noqa: E402
from .figures import loss  # noqa: E402
from .label import UNSURE  # noqa: E402

CLASSES = 3
SETTINGS = dict(objective='multiclass', num_class=CLASSES, metric='multi_logloss', learning_rate=0.03, num_leaves=15, feature_fraction=0.5, bagging_fraction=0.8,
                bagging_freq=1, lambda_l2=5.0, max_bin=127, verbosity=-1, deterministic=True, force_row_wise=True)
ROUNDS, PATIENCE = 200, 20
ROWS_PER_ROUND = 20  # few rows are not asked for many rounds: a small validation part without errors would always take them for better
ENOUGH_ERRORS = 20   # of the validation part, for a temperature: with fewer, "surer" would always win
TEMPERATURES = np.arange(0.7, 3.01, 0.05)


def lightgbm():
    import lightgbm as module  # here, so that the rest goes without it
    return module


def trimmed(text):
    """LightGBM's file without what only continued training needs: less than half of it, and LightGBM reads it as well."""
    dropped = ('leaf_weight=', 'leaf_count=', 'internal_value=', 'internal_weight=', 'internal_count=', 'split_gain=', 'tree_sizes=')
    trees = text[:text.index('end of trees')] + 'end of trees\n'
    return ''.join(one + '\n' for one in trees.splitlines() if not one.startswith(dropped))


def head_of(text):
    return dict(one.split('=', 1) for one in text[:text.index('Tree=')].splitlines() if '=' in one)


def merged(base, new):
    """Texts of two files of trees over the same features -> that of one that answers the sum of both."""
    a, b = head_of(base), head_of(new)
    for key in ('num_class', 'feature_names'):
        if a[key] != b[key]:
            raise ValueError(f'trees of another {key} cannot be put behind these')
    count = len(re.findall('^Tree=', base, re.M))
    new = trimmed(new)
    trees = re.sub(r'^Tree=(\d+)', lambda found: f'Tree={count + int(found[1])}', new[new.index('Tree='):], flags=re.M)
    return base[:base.index('end of trees')] + trees


class Rows:
    """Labelled rows: x float32 [n][numbers], label, kind, number of the candidate; names of the numbers."""

    def __init__(self, names, x, label, kind, candidate):
        self.names, self.x, self.label, self.kind, self.candidate = names, x, label, kind, candidate

    def __len__(self):
        return len(self.label)

    def columns(self, booster):
        return self.x[:, [self.names.index(name) for name in booster.feature_name()]]

    def with_x(self, x):
        return Rows(self.names, x, self.label, self.kind, self.candidate)

    def without_network(self, where):
        return self.with_x(without_network(self.x, self.names, where))


def together(many):
    first = np.cumsum([0] + [one.candidate.max(initial=-1) + 1 for one in many])
    candidate = np.concatenate([one.candidate + at for one, at in zip(many, first)])
    return Rows(many[0].names, *(np.concatenate([getattr(one, what) for one in many]) for what in ('x', 'label', 'kind')), candidate)


def read_rows(prefix, part_of):
    """-> {part: Rows} of PREFIX.numbers.f32, .numbers.txt, .labels.u8, .sites.tsv; part_of(contig, position)."""
    names, x = read_numbers(prefix)
    label = np.fromfile(prefix + '.labels.u8', np.uint8)
    parts, kind = np.full(len(label), None, object), np.zeros(len(label), np.uint8)
    with open(prefix + '.sites.tsv') as f:
        for i, row in enumerate(csv.DictReader(f, delimiter='\t')):
            parts[i] = part_of(row['contig'], int(row['start']))
            kind[i] = kind_of(row)
    sure, candidate = label != UNSURE, candidates_of(prefix)
    return {part: Rows(names, x[here], label[here].astype(int), kind[here], candidate[here])
            for part in set(parts[sure]) - {None} for here in [sure & (parts == part)]}


def softmax(scores):
    e = np.exp(scores - scores.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


class Trees:
    """One file of trees: its text, and the booster that answers from it."""

    def __init__(self, text):
        self.text, self.booster = text, lightgbm().Booster(model_str=text)

    def scores(self, rows):
        if not len(rows):
            return np.zeros((0, CLASSES))
        return self.booster.predict(rows.columns(self.booster), raw_score=True)


class Cascade:
    def __init__(self, plain, final, least, temperature, file):
        self.plain, self.final, self.least, self.temperature, self.file = plain, final, least, temperature, file

    @classmethod
    def of(cls, folder):
        with open(os.path.join(folder, 'cascade.json')) as f:
            file = json.load(f)
        texts = []
        for which in ('plain', 'final'):
            with open(os.path.join(folder, file[which]['trees'])) as f:
                texts.append(f.read())
        return cls(*map(Trees, texts), file['plain']['least'], file['final'].get('temperature', 1.0), file)

    def changed(self, **to):
        return Cascade(**{**dict(plain=self.plain, final=self.final, least=self.least, temperature=self.temperature, file=self.file), **to})

    def settled(self, rows):
        return true_of_all(softmax(self.plain.scores(rows)).max(1) >= self.least, rows.candidate)

    def seen_by_final(self, rows):
        """As the final trees see them: no network where the plain trees settle a site."""
        return rows.without_network(self.settled(rows))

    def answers(self, rows):
        return softmax(self.final.scores(self.seen_by_final(rows)) / self.temperature)

    def write(self, folder):
        file = json.loads(json.dumps(self.file))
        file['plain'].update(trees='plain.txt', least=self.least)
        file['final'].update(trees='final.txt', temperature=round(float(self.temperature), 2))
        for name, text in (('plain.txt', self.plain.text), ('final.txt', self.final.text), ('cascade.json', json.dumps(file, indent=1) + '\n')):
            with open(os.path.join(folder, name), 'w') as f:
                f.write(text)


def boosted(base, learnt, judged, seed, threads):
    """-> Trees that go on from `base`, or None where no round of it helps the judged rows; the number of rounds; losses before and after."""
    gbm = lightgbm()
    settings = dict(SETTINGS, seed=seed, num_threads=threads, min_data_in_leaf=int(min(60, max(5, len(learnt) // 50))))
    names = base.booster.feature_name()
    train = gbm.Dataset(learnt.columns(base.booster), learnt.label, init_score=base.scores(learnt), feature_name=names, params=settings)
    valid = gbm.Dataset(judged.columns(base.booster), judged.label, init_score=base.scores(judged), reference=train, params=settings)
    before = loss(softmax(base.scores(judged)), judged.label)
    most = max(1, min(ROUNDS, len(learnt) // ROWS_PER_ROUND))
    booster = gbm.train(settings, train, most, valid_sets=[valid], callbacks=[gbm.early_stopping(PATIENCE, verbose=False)])
    rounds = booster.best_iteration or booster.current_iteration()
    trees = Trees(merged(base.text, booster.model_to_string(num_iteration=rounds)))
    told = base.scores(judged) + booster.predict(judged.columns(base.booster), raw_score=True, num_iteration=rounds)
    if not np.allclose(trees.scores(judged), told, atol=1e-6):
        raise AssertionError('merged trees do not answer what both answer together')
    after = loss(softmax(told), judged.label)
    return (trees, rounds, before, after) if after < before else (None, 0, before, before)


def standing(cascade, looks, bars):
    """To compare cascades by: how many of the looks are worse than their bars, then the loss over all."""
    losses = [loss(cascade.answers(rows), rows.label) for rows in looks]
    return sum(now > bar for now, bar in zip(losses, bars)), float(np.average(losses, weights=[len(rows) for rows in looks]))


def gone_on(base, learnt, looks, bars, seed, threads):
    """-> the best of the base and what was boosted on top of it, and what was done, for a card.

    learnt: Rows; looks: Rows that are judged by, with a panel and without; bars: the losses on them that are not to be passed.
    """
    done, judged = {}, together(looks)
    plain, rounds, before, after = boosted(base.plain, learnt, judged, seed, threads)
    more = base.changed(plain=plain) if plain else base
    if plain and settled_wrongly(more, judged) > settled_wrongly(base, judged):
        more, rounds, after = base, 0, before  # surer, but of a wrong answer: nothing mends that, as the network is not asked
    done['plain'] = dict(rounds=rounds, loss_before=round(before, 5), loss_after=round(after, 5))
    final, rounds, before, after = boosted(base.final, base.seen_by_final(learnt), more.seen_by_final(judged), seed, threads)
    done['final'] = dict(rounds=rounds, loss_before=round(before, 5), loss_after=round(after, 5))
    options = [base, more] + ([base.changed(final=final), more.changed(final=final)] if final else [])
    options += [tempered(one, looks) for one in options]  # boosting knows no temperature: with that of before, good trees may look bad
    best = min(options, key=lambda one: standing(one, looks, bars))
    done['temperature'] = dict(before=base.temperature, after=best.temperature,
                               wrong=sum(int((best.answers(rows).argmax(1) != rows.label).sum()) for rows in looks))
    done['plain']['kept'], done['final']['kept'] = best.plain is not base.plain, best.final is not base.final
    return best, done


def settled_wrongly(cascade, rows):
    settled = cascade.settled(rows)
    return int((softmax(cascade.plain.scores(rows)).argmax(1) != rows.label)[settled].sum())


def tempered(cascade, looks):
    """With the temperature that fits the judged rows best; the same where these hold too few wrong answers to tell."""
    seen = [cascade.final.scores(cascade.seen_by_final(rows)) for rows in looks]
    scores, label = np.concatenate(seen), np.concatenate([rows.label for rows in looks])
    if (scores.argmax(1) != label).sum() < ENOUGH_ERRORS:
        return cascade
    best = min(TEMPERATURES, key=lambda t: loss(softmax(scores / t), label))
    return cascade.changed(temperature=round(float(best), 2))
