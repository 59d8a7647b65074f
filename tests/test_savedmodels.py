"""SavedModels of DeepVariant's network answer through haploom as they do through TensorFlow.

Skipped unless HAPLOOM_SAVEDMODELS is a folder of them and HAPLOOM_TENSORFLOW a Python with TensorFlow: tests/oracle/savedmodel.
"""
import gzip
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import numpy
import pytest

import example_files
from programs import ROOT, run

sys.path.insert(0, str(ROOT / "tests/oracle/savedmodel"))
from images import like_pileups  # noqa: E402

FOLDERS = sorted(path.parent for path in pathlib.Path(os.environ.get("HAPLOOM_SAVEDMODELS") or "/nonexistent").glob("*/saved_model.pb"))
TENSORFLOW = os.environ.get("HAPLOOM_TENSORFLOW", "")
pytestmark = pytest.mark.skipif(not FOLDERS or not TENSORFLOW, reason="HAPLOOM_SAVEDMODELS and HAPLOOM_TENSORFLOW are not set")
MOST = 1e-5


def info_of(folder):
    info = json.loads((folder / "example_info.json").read_text())
    return info["shape"], info["channels"]


def theirs(folder, images, scratch):
    images.tofile(scratch / "images.u8")
    done = subprocess.run([TENSORFLOW, ROOT / "tests/oracle/savedmodel/tensorflow_answers.py", folder, scratch / "images.u8"],
                          stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)["answers"]


def ours(folder, images, scratch):
    shape, channels = info_of(folder)
    examples = example_files.write(scratch / "e.tfrecord.gz", images, shape, channels)
    done = run("call_variants", "--examples", examples, "--outfile", scratch / "c.tfrecord.gz", "--checkpoint", folder, ok=False)
    return done, example_files.probabilities(scratch / "c-00000-of-00001.tfrecord.gz") if done.returncode == 0 else None


def farthest(first, second):
    assert len(first) == len(second)
    return max(abs(a - b) for one, other in zip(first, second) for a, b in zip(one, other))


def real_images(goldens, shape):
    """Of DeepVariant's own examples; none of that shape: an empty array."""
    for name in ("calling", "training", "pacbio_phased", "allele_frequency"):
        data = numpy.frombuffer(gzip.decompress((goldens / f"examples/{name}.images.u8.gz").read_bytes()), numpy.uint8)
        known = json.loads(next((goldens / "examples").glob(f"golden.{name.removesuffix('_phased')}*_examples.tfrecord.gz.example_info.json")).read_text())
        if known["shape"] == list(shape):
            return data.reshape(-1, *shape)[:24]
    return numpy.zeros((0, *shape), numpy.uint8)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_probabilities_are_tensorflows(folder, tmp_path):
    shape, _ = info_of(folder)
    images = like_pileups(16, shape, 42)
    done, answers = ours(folder, images, tmp_path)
    if done.returncode != 0:  # an export of Keras 3
        assert "was saved by Keras 3's tf.saved_model.save()" in done.stderr
        script = re.search(r'python -c "(.*)"$', done.stderr, re.M).group(1).replace("NEW_FOLDER", str(tmp_path / "again"))
        subprocess.run([TENSORFLOW, "-c", script], check=True, stderr=subprocess.DEVNULL)
        shutil.copy(folder / "example_info.json", tmp_path / "again")
        folder = tmp_path / "again"
        done, answers = ours(folder, images, tmp_path)
    assert done.returncode == 0, done.stderr
    expected = theirs(folder, images, tmp_path)
    assert farthest(answers, expected) <= MOST
    assert numpy.std(expected, axis=0).max() > 0.05  # answers that vary


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_probabilities_of_real_examples_are_tensorflows(folder, tmp_path, dv_goldens):
    images = real_images(dv_goldens, info_of(folder)[0])
    if not len(images):
        pytest.skip("no real examples of that shape")
    done, answers = ours(folder, images, tmp_path)
    if done.returncode != 0:
        pytest.skip("refused, as the test above asserts")
    assert farthest(answers, theirs(folder, images, tmp_path)) <= MOST
