"""Examples come back as they were written, and augmentation takes away but invents nothing."""
import numpy as np
import pytest

from train.augment import LEAST_READS, drop_reads, shift_scale, shrink_panel
from train.data import INDEL, SNP, Examples, Pooled
from train.label import UNSURE

SHAPE = (20, 9, 7)
UPPER = 10


def write(folder, name, labels, seed):
    images = np.random.default_rng(seed).integers(1, 255, (len(labels), *SHAPE), dtype=np.uint8)
    images.tofile(folder / f'{name}.images.u8')
    np.array(labels, np.uint8).tofile(folder / f'{name}.labels.u8')
    rows = ['contig\tstart\tend\tref\talts\talt_set\tdepth\tallele_depth\timage']
    for i in range(len(labels)):
        rows.append(f'c\t{i}\t{i + 1}\tA\t{"AT" if i % 2 else "T"}\t0\t30\t{20 if i else 1},{10 if i else 2}\t{i}')
    (folder / f'{name}.sites.tsv').write_text('\n'.join(rows) + '\n')
    return images


def test_batches_hold_the_images_that_their_positions_name(tmp_path):
    a = write(tmp_path, 'a', [0, 1, UNSURE, 2], 1)
    b = write(tmp_path, 'b', [1, 0], 2)
    data = Pooled([Examples(str(tmp_path / n), SHAPE) for n in 'ab'])
    assert len(data) == 5
    images, label, kind = data.batch(np.array([4, 2, 0]))
    assert (images[0] == b[1]).all() and (images[1] == a[3]).all() and (images[2] == a[0]).all()
    assert label.tolist() == [0, 2, 0] and kind.tolist() == [INDEL, INDEL, SNP]


def test_an_epoch_shows_every_example_at_most_once(tmp_path):
    write(tmp_path, 'a', [0] * 11, 1)
    data = Pooled([Examples(str(tmp_path / 'a'), SHAPE)])
    seen = np.concatenate(list(data.epoch(4, np.random.default_rng(1))))
    assert len(seen) == 8 == len(set(seen.tolist()))


def test_thinning_keeps_whatever_is_hard(tmp_path):
    write(tmp_path, 'a', [0, 0, 1, 2], 1)
    one = Examples(str(tmp_path / 'a'), SHAPE).thin(0.0, np.random.default_rng(1))
    assert one.index.tolist() == [1, 2, 3]  # the first: no copy, 2 of 30 reads


def test_a_torn_file_is_refused(tmp_path):
    write(tmp_path, 'a', [0, 1], 1)
    with open(tmp_path / 'a.images.u8', 'ab') as f:
        f.write(b'x')
    with pytest.raises(ValueError, match='draw the examples again'):
        Examples(str(tmp_path / 'a'), SHAPE)


def batch(n, seed):
    return np.random.default_rng(seed).integers(1, 255, (n, 40, 9, 7), dtype=np.uint8)


def test_a_panel_shrinks_without_touching_reference_or_reads():
    images = batch(64, 1)
    before = images.copy()
    shrink_panel(images, UPPER, np.random.default_rng(2), without=0.5, fewer=0.5)
    assert (images[:, :5] == before[:, :5]).all() and (images[:, UPPER:] == before[:, UPPER:]).all()
    left = images[:, 5:UPPER, :, 0].any(2).sum(1)
    assert (left == 0).any() and ((0 < left) & (left < 5)).any()
    kept = images[:, 5:UPPER].any(axis=(2, 3))
    assert (images[:, 5:UPPER][kept] == before[:, 5:UPPER][kept]).all()


def test_dropped_reads_leave_enough_to_call():
    images = batch(64, 1)
    drop_reads(images, UPPER, np.random.default_rng(2), share=1.0, most=1.0)
    left = images[:, UPPER + 5:, :, 0].any(2).sum(1)
    assert left.min() >= LEAST_READS and left.max() <= 25


def test_a_shifted_channel_stays_in_range_and_black_stays_black():
    images = batch(16, 1)
    images[:, UPPER + 10:] = 0
    before = images.copy()
    shift_scale(images, UPPER, 1, np.random.default_rng(2), share=1.0, most=15)
    assert not images[:, UPPER + 10:].any()
    assert (images[..., 0] == before[..., 0]).all() and (images[..., 2:] == before[..., 2:]).all()
    moved = images[:, UPPER + 5:UPPER + 10, :, 1].astype(int) - before[:, UPPER + 5:UPPER + 10, :, 1]
    assert moved.any() and abs(moved).max() <= 15 and images[:, UPPER + 5:UPPER + 10, :, 1].min() >= 1
