"""What the whole-program tests share: the program, a small data set made once, the store they may use."""
import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
BIN = pathlib.Path(os.environ.get("HAPLOOM_BIN", ROOT / "build/bin"))


def run(*words, ok=True, env=None, cwd=None, timeout=300):
    """Runs a program of ours (or a tool); the result bears returncode, stdout and stderr as text."""
    words = [str(w) for w in words]
    if not os.path.isabs(words[0]) and (BIN / words[0]).exists():
        words[0] = str(BIN / words[0])
    done = subprocess.run(words, capture_output=True, text=True, cwd=cwd, timeout=timeout,
                          env={**os.environ, **(env or {})})
    if ok:
        assert done.returncode == 0, f"{' '.join(words)}\nexit {done.returncode}\n{done.stderr}"
    return done


@pytest.fixture(scope="session")
def shared_data():
    """The real data beside the checkout, where there is any."""
    place = pathlib.Path(os.environ.get("HAPLOOM_SHARED") or ROOT.parent / "shared") / "data"
    if not place.is_dir():
        pytest.skip("no shared data beside the checkout")
    return place


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """A small made-up genome with pangenome, reads and truth: reference, panel.gbz, reads.bam, truth.vcf.gz."""
    place = tmp_path_factory.mktemp("demo")
    subprocess.run([sys.executable, ROOT / "train/make_demo.py", "--out", place, "--length", "60000"], check=True,
                   capture_output=True)
    run("haploom", "gbz", "build", place / "panel.gfa", "-o", place / "panel.gbz")
    return place


@pytest.fixture
def store(tmp_path):
    """A store of the test's own, so that tests meet neither each other nor a user's objects."""
    place = tmp_path / "store"
    place.mkdir()
    return place


def call_words(demo, store, out, *more):
    return ["run_pangenome_aware_deepvariant", "--model_type", "WGS", "--ref", demo / "ref.fa", "--reads", demo / "reads.bam",
            "--pangenome", demo / "panel.gbz", "--output_vcf", out, "--gbz_store_dir", store, *more]


def records(vcf):
    """The lines of a VCF below its header, and without it: what must not depend on threads, names or neighbours."""
    return run("bcftools", "view", "-H", vcf).stdout
