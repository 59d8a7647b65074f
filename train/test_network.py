"""The network: its answers are probabilities, its rows are sets, and what is exported is what was trained."""
import json
import shutil

import numpy as np
import pytest

torch = pytest.importorskip('torch', reason='torch is not installed: networks are made with train/requirements.txt')
pytest.importorskip('onnx', reason='onnx is not installed: networks are made with train/requirements.txt')

from train import fit  # noqa: E402
from train.export import export, folded  # noqa: E402
from train.network import Network, multiply_adds, scaled  # noqa: E402
from train.unfold import unfolded  # noqa: E402

SHAPE, UPPER, CHANNELS = (110, 129, 7), 50, (1, 2, 3, 4, 5, 6, 19)


@pytest.fixture(scope='module')
def network():
    torch.manual_seed(3)
    out = Network(SHAPE, UPPER)
    for module in out.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.uniform_(-0.3, 0.3)
            module.running_var.uniform_(0.5, 2.0)
    return out.eval()


@pytest.fixture(scope='module')
def images():
    return scaled(torch.from_numpy(np.random.default_rng(1).integers(0, 255, (3, *SHAPE), dtype=np.uint8)))


def test_answers_are_probabilities(network, images):
    with torch.no_grad():
        p = network(images)
    assert p.shape == (3, 3) and torch.allclose(p.sum(1), torch.ones(3), atol=1e-6) and p.std(0).max() > 0


def test_the_order_of_reads_and_of_haplotypes_does_not_matter(network, images):
    rng = np.random.default_rng(4)
    rows = np.concatenate([np.arange(5), 5 + rng.permutation(UPPER - 5), UPPER + np.arange(5), UPPER + 5 + rng.permutation(SHAPE[0] - UPPER - 5)])
    with torch.no_grad():
        assert torch.allclose(network(images), network(images[:, rows]), atol=1e-5)


def test_it_is_as_small_as_planned(network):
    assert 10e6 < multiply_adds(network, SHAPE) < 40e6


def test_folding_changes_nothing(network, images):
    with torch.no_grad():
        assert torch.allclose(network(images), folded(network)(images), atol=1e-5)


def test_openvino_gives_the_same_answers(network, images, tmp_path):
    openvino = pytest.importorskip('openvino')
    export(network, SHAPE, CHANNELS, UPPER, str(tmp_path), {'normalize_reads': True})
    model = openvino.Core().compile_model(str(tmp_path / 'model.onnx'), 'CPU', {'INFERENCE_PRECISION_HINT': 'f32'})
    with torch.no_grad():
        expected = network(images).numpy()
    assert np.abs(model(images.numpy())[0] - expected).max() < 1e-5
    info = json.loads((tmp_path / 'example_info.json').read_text())
    assert info['flags_for_calling'] == {'normalize_reads': True}
    assert info['shape'] == list(SHAPE) and info['height_pangenome'] + info['height_reads'] == SHAPE[0]


def test_a_shipped_model_can_be_trained_on_from_what_it_answers(network, images, tmp_path):
    export(network, SHAPE, CHANNELS, UPPER, str(tmp_path))
    pixels = np.random.default_rng(8).integers(0, 255, (64, *SHAPE), dtype=np.uint8)
    again = unfolded(str(tmp_path), SHAPE, UPPER, pixels)
    with torch.no_grad():
        assert torch.allclose(network(images), again.eval()(images), atol=1e-4)
        rows = scaled(torch.from_numpy(pixels)).permute(0, 3, 1, 2)[:, :, UPPER + 5:, again.reads.left:again.reads.right]
        first = again.reads.first[0]
        assert torch.allclose(first.eval()(rows), first.train()(rows), atol=1e-3), 'a batch is normalised as the whole is'


def write_sets(folder, rng, learnable=True):
    """a to train on and watch_a: copies are plain to see in the supports-variant channel, or have nothing to do with it."""
    for name, n in (('a', 96), ('watch_a', 16)):
        shown = rng.integers(0, 3, n)
        labels = shown if learnable or name == 'watch_a' else rng.permutation(shown)
        images = np.zeros((n, *SHAPE), np.uint8)
        for image, copies in zip(images, shown):
            image[UPPER + 5:UPPER + 35, :, 0] = 100
            image[UPPER + 5:UPPER + 5 + 15 * copies, :, 4] = 254
        images.tofile(folder / f'{name}.images.u8')
        labels.astype(np.uint8).tofile(folder / f'{name}.labels.u8')
        text = 'contig\tstart\tend\tref\talts\talt_set\tdepth\tallele_depth\timage\n'
        (folder / f'{name}.sites.tsv').write_text(text + ''.join(f'c\t{i}\t{i + 1}\tA\tT\t0\t30\t15,15\t{i}\n' for i in range(n)))
    (folder / 'info.json').write_text(json.dumps(dict(shape=SHAPE, channels=CHANNELS, height_pangenome=UPPER)))


def test_a_few_steps_lower_the_loss_and_a_checkpoint_takes_up_again(tmp_path, monkeypatch, capsys):
    write_sets(tmp_path, np.random.default_rng(5))

    def run(epochs):
        monkeypatch.setattr('sys.argv', ['fit', '--examples', str(tmp_path), '--out', str(tmp_path / 'model'), '--info', str(tmp_path / 'info.json'), '--epochs',
                                         str(epochs), '--batch', '16', '--warmup', '2', '--checkpoint', str(tmp_path / 'c.pt'), '--no-bf16'])
        assert fit.main() == 0
        return json.loads((tmp_path / 'model' / 'training.json').read_text())

    assert run(1)['steps'] == 6
    second = run(5)
    assert second['steps'] == 30 and 'taken up at step 6' in capsys.readouterr().out
    assert second['watched']['watch_a']['loss'] < 0.9


def checked(folder, epochs, rate):
    words = ['--examples', folder, '--out', folder / 'new', '--info', folder / 'info.json', '--start', folder / 'start', '--epochs', epochs, '--batch', 16, '--warmup', 1,
             '--rate', rate, '--checkpoint', folder / 'c.pt', '--no-bf16', '--checks', 3, '--panel', '--threads', 1]
    assert fit.main([str(word) for word in words]) == 0
    return json.loads((folder / 'new' / 'training.json').read_text())


def test_of_the_weights_that_are_checked_the_best_are_written(network, tmp_path):
    write_sets(tmp_path, np.random.default_rng(5))
    export(network, SHAPE, CHANNELS, UPPER, str(tmp_path / 'start'))
    told = checked(tmp_path, 4, 1e-3)
    best = min(told['history'], key=lambda h: h['watched'])
    assert [h['step'] for h in told['history']] == [0, 8, 16, 24] and told['chosen'] == best['step'] > 0
    assert told['after']['as drawn']['loss'] < told['before']['as drawn']['loss'] and set(told['after']) == {'as drawn', 'without panel'}
    assert np.mean([f['loss'] for f in told['after'].values()]) == pytest.approx(best['watched'], abs=1e-4)


def test_where_training_harms_the_weights_of_the_start_are_written(network, tmp_path):
    write_sets(tmp_path, np.random.default_rng(5))
    export(network, SHAPE, CHANNELS, UPPER, str(tmp_path / 'start'))
    checked(tmp_path, 4, 1e-3)
    shutil.rmtree(tmp_path / 'start')
    (tmp_path / 'new').rename(tmp_path / 'start')
    (tmp_path / 'c.pt').unlink()
    write_sets(tmp_path, np.random.default_rng(6), learnable=False)
    told = checked(tmp_path, 2, 3e-2)
    assert told['chosen'] == 0 and told['after'] == told['before']


class Labelled:
    """Images with labels, as data.Examples are."""

    def __init__(self, images, label):
        self.images, self.label = images, label

    def __len__(self):
        return len(self.label)

    def batch(self, positions):
        return self.images[positions], self.label[positions], None


def test_balanced_biases_tell_as_many_copies_as_there_are():
    torch.manual_seed(1)
    network = Network(SHAPE, UPPER)
    data = Labelled(np.random.default_rng(1).integers(0, 255, (40, *SHAPE), dtype=np.uint8), np.array([0] * 12 + [1] * 18 + [2] * 10))
    fit.balance(network, data)
    assert fit.predict(network, data).mean(0) == pytest.approx([0.3, 0.45, 0.25], abs=0.01)
