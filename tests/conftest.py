"""What the whole-program tests share: a small data set made once, the store they may use."""
import os
import pathlib
import subprocess
import sys

import pytest

from programs import ROOT, STARTED, records, run, words_with


@pytest.fixture(scope="session")
def shared_data():
    """The real data beside the checkout, where there is any."""
    place = pathlib.Path(os.environ.get("HAPLOOM_SHARED") or ROOT.parent / "shared") / "data"
    if not place.is_dir():
        pytest.skip("no shared data beside the checkout")
    return place


@pytest.fixture(scope="session")
def dv_goldens(shared_data):
    """DeepVariant's own results, which may be absent where other shared data are not."""
    place = shared_data / "dv_goldens"
    if not place.is_dir():
        pytest.skip("no dv_goldens among the shared data")
    return place


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """A small made-up genome with pangenome, reads and truth: reference, panel.gbz, reads.bam, truth.vcf.gz."""
    place = tmp_path_factory.mktemp("demo")
    subprocess.run([sys.executable, ROOT / "train/make_demo.py", "--out", place, "--length", "60000"], check=True,
                   capture_output=True)
    run("haploom", "gbz", "build", place / "panel.gfa", "-o", place / "panel.gbz")
    return place


@pytest.fixture(scope="session")
def graphs(demo, tmp_path_factory):
    """Two panels and what a lone run with each calls. The second lacks half the haplotypes of the first."""
    folder = tmp_path_factory.mktemp("graphs")
    lines = (demo / "panel.gfa").read_text().splitlines(keepends=True)
    walks = [line for line in lines if line.startswith("W\t")]
    dropped = set(walks[1::2])  # the reference is the first
    (folder / "half.gfa").write_text("".join(line for line in lines if line not in dropped))
    run("haploom", "gbz", "build", folder / "half.gfa", "-o", folder / "half.gbz")
    expected = {}
    (folder / "store").mkdir()
    for graph in (demo / "panel.gbz", folder / "half.gbz"):
        run(*words_with(graph, demo, folder / "store", folder / "lone.vcf.gz"))
        expected[graph] = records(folder / "lone.vcf.gz")
    assert len(set(expected.values())) == 2, "the two panels give the same calls: a mix-up could not be seen"
    return expected


@pytest.fixture
def store(tmp_path):
    """A store of the test's own, so that tests meet neither each other nor a user's objects."""
    place = tmp_path / "store"
    place.mkdir()
    return place


@pytest.fixture(autouse=True)
def no_job_outlives_its_test():
    yield
    for job in STARTED:
        if job.poll() is None:
            job.kill()
            job.communicate()
    STARTED.clear()
