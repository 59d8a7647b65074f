"""Looks at simulated sets: which there are, and that what is complete is left alone."""
import types

from train.make_examples import looks, make


def options(tmp_path, **more):
    return types.SimpleNamespace(sets=str(tmp_path / 'sets'), out=str(tmp_path / 'out'), haploom='/no/such/program', model='m', numbers=True, open=False, data=None, **more)


def test_each_set_is_looked_at_with_each_panel(tmp_path):
    a = options(tmp_path, panels=['own', 'none'])
    assert looks(['x.00', 'y.00'], a) == [('x.00', 'own'), ('y.00', 'own'), ('x.00', 'none'), ('y.00', 'none')]


def test_a_look_with_labels_is_left_alone_and_the_others_are_made(tmp_path):
    a = options(tmp_path)
    (tmp_path / 'out').mkdir()
    (tmp_path / 'out/x.00.none.labels.json').write_text('{}')
    assert make(('x.00', 'none'), a) == (('x.00', 'none'), None)
    look, problem = make(('y.00', 'none'), a)
    assert look == ('y.00', 'none') and problem.startswith('FAILED') and f"see {tmp_path}/out/y.00.none.log" in problem
