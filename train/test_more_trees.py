"""Trees gone on from: the merged file answers base + new, and what comes out is no worse on what it is judged by."""
import shutil

import numpy as np
import pytest

from train import more_trees
from train.candidate_rows import NETWORK
from train.data import INDEL, SNP
from train.figures import loss

HEAD = 'tree\nversion=v4\nnum_class=3\nnum_tree_per_iteration=3\nlabel_index=0\nmax_feature_idx=1\nobjective=multiclass num_class:3\nfeature_names=a b\nfeature_infos=none none\n\n'


def file(trees):
    return HEAD + ''.join(f'Tree={i}\nnum_leaves=1\nnum_cat=0\nleaf_value={v}\nis_linear=0\nshrinkage=1\n\n\n' for i, v in enumerate(trees)) + 'end of trees\n'


def test_new_trees_are_numbered_on_behind_those_of_the_base():
    assert more_trees.merged(file([1, 2, 3]), file([4, 5, 6]) + '\nparameters:\nend of parameters\n') == file([1, 2, 3, 4, 5, 6])


def test_trees_over_other_features_are_refused():
    with pytest.raises(ValueError, match='feature_names'):
        more_trees.merged(file([1, 2, 3]), file([4, 5, 6]).replace('=a b', '=a c'))


@pytest.fixture(scope='module')
def gbm():
    return pytest.importorskip('lightgbm', reason='lightgbm is not installed: ./run setup-train')


NAMES = ['a', 'b', *NETWORK]


def rows(n, seed, bend):
    """The number of copies lies in a (with noise) and in what the network says; `bend` moves it with b."""
    rng = np.random.default_rng(seed)
    label = rng.integers(0, 3, n)
    b = rng.normal(size=n)
    x = np.column_stack([label + bend * (b > 0.5) + rng.normal(0, 0.4, n), b, *(rng.normal(label == k, 0.4) for k in range(3))]).astype(np.float32)
    x[::5, 0] = np.nan
    return more_trees.Rows(NAMES, x, label, (np.arange(n) % 2).astype(np.uint8), np.arange(n))


@pytest.fixture(scope='module')
def base(gbm):
    data = rows(2000, 1, 0)

    def trees(columns):
        train = gbm.Dataset(data.x[:, columns], data.label, feature_name=[NAMES[c] for c in columns])
        return more_trees.Trees(more_trees.trimmed(gbm.train(dict(objective='multiclass', num_class=3, verbosity=-1, num_threads=1, seed=1), train, 20).model_to_string()))
    return more_trees.Cascade(trees([0, 1]), trees(list(range(5))), 0.95, 1.0,
                              {'version': '1', 'plain': {}, 'final': {}, 'flags_for_calling': {'vsc_min_count_panel_alleles': 1}})


def test_a_merged_file_answers_base_and_new_together(base, gbm):
    data = rows(600, 2, 1)
    new = gbm.train(dict(objective='multiclass', num_class=3, verbosity=-1, num_threads=1, boost_from_average=False),
                    gbm.Dataset(data.x, data.label, feature_name=NAMES, init_score=base.final.scores(data)), 7)
    both = more_trees.Trees(more_trees.merged(base.final.text, new.model_to_string()))
    assert both.booster.num_trees() == 3 * 27
    assert np.abs(both.scores(data) - base.final.scores(data) - new.predict(data.x, raw_score=True)).max() < 1e-9


def test_other_data_are_learnt_and_the_base_is_left_as_it_was(base):
    text = base.final.text
    learnt, judged = rows(1500, 3, 1), rows(600, 4, 1)
    better, done = more_trees.gone_on(base, learnt, [judged], [9.0], 1, 1)
    assert loss(better.answers(judged), judged.label) < loss(base.answers(judged), judged.label)
    assert done['final']['rounds'] > 0 and done['final']['kept'] and base.final.text == text and better.final.text.startswith(text[:text.index('end of trees')])


def test_what_cannot_be_learnt_leaves_the_cascade_no_worse(base):
    learnt, judged = rows(300, 5, 0), rows(300, 6, 0)
    learnt.label = np.random.default_rng(1).permutation(learnt.label)
    same, _ = more_trees.gone_on(base, learnt, [judged], [loss(base.answers(judged), judged.label)], 1, 1)
    assert loss(same.answers(judged), judged.label) <= loss(base.answers(judged), judged.label)


def test_no_look_may_get_worse_for_the_sake_of_another(base):
    """Learnt from bent rows, trees are better on such and worse on those of before: the base stays where both count."""
    learnt, bent, plain = rows(1500, 3, 1), rows(600, 4, 1), rows(100, 9, 0)
    bars = [loss(base.answers(look), look.label) for look in (bent, plain)]
    best, _ = more_trees.gone_on(base, learnt, [bent, plain], bars, 1, 1)
    assert more_trees.standing(best, [bent, plain], bars)[0] == 0
    assert more_trees.standing(base, [bent, plain], [bars[0], bars[1] - 1e-6])[0] == 1


def test_a_written_cascade_comes_back(base, tmp_path):
    base.changed(temperature=1.25).write(tmp_path)
    again, data = more_trees.Cascade.of(tmp_path), rows(50, 7, 0)
    assert again.temperature == 1.25 and again.file['flags_for_calling'] == {'vsc_min_count_panel_alleles': 1}
    assert np.allclose(again.answers(data), base.changed(temperature=1.25).answers(data))


def test_the_temperature_stays_where_there_are_few_errors(base):
    judged = rows(30, 8, 0)
    judged.label = base.answers(judged).argmax(1)
    assert more_trees.tempered(base, [judged]) is base


def test_a_cascade_that_is_too_sure_is_made_less_so(base):
    judged = rows(400, 8, 1)
    sure = base.changed(temperature=0.3)
    warmer = more_trees.tempered(sure, [judged])
    assert warmer.temperature >= 0.7 and loss(warmer.answers(judged), judged.label) < loss(sure.answers(judged), judged.label)


def test_rows_come_by_parts_and_unsure_ones_not_at_all(tmp_path):
    np.arange(8, dtype=np.float32).tofile(tmp_path / 'x.numbers.f32')
    (tmp_path / 'x.numbers.txt').write_text('a\nb\n')
    np.array([0, 1, 255, 2], np.uint8).tofile(tmp_path / 'x.labels.u8')
    lines = ['contig\tstart\tend\tref\talts\talt_set\tdepth\tallele_depth\timage'] + [f'c\t{i}\t{i + 1}\tA\t{"T" if i else "TT"}\t0\t9\t5,4\t{i}' for i in range(4)]
    (tmp_path / 'x.sites.tsv').write_text('\n'.join(lines) + '\n')
    found = more_trees.read_rows(str(tmp_path / 'x'), lambda contig, start: {0: 'trees', 1: 'network'}.get(start))
    assert set(found) == {'trees', 'network'} and found['trees'].x.tolist() == [[0, 1]] and found['network'].label.tolist() == [1]
    assert found['trees'].kind.tolist() == [INDEL] and found['network'].kind.tolist() == [SNP]


def test_the_shipped_trees_can_be_gone_on_from(gbm, tmp_path):
    import pathlib
    shipped = pathlib.Path(__file__).resolve().parent.parent / 'models/wgs'
    shutil.copytree(shipped, tmp_path / 'm')
    cascade = more_trees.Cascade.of(tmp_path / 'm')
    names = cascade.final.booster.feature_name()
    rng = np.random.default_rng(1)
    data = more_trees.Rows(names, rng.normal(size=(200, len(names))).astype(np.float32), rng.integers(0, 3, 200), np.zeros(200, np.uint8), np.arange(200))
    trees, rounds, before, after = more_trees.boosted(cascade.final, data, data, 1, 1)
    assert after < before and trees.booster.num_trees() == cascade.final.booster.num_trees() + 3 * rounds
