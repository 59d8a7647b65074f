"""haploom train: what is wrong is told before anything is made; a whole training on the demo's data where its environment is."""
import gzip
import json
import os
import shutil
import signal
import subprocess

import pytest

from programs import BIN, ROOT, run


def words(demo, out, **changed):
    """Of a training on the demo's data; a flag of None is left out, a list gives it several times."""
    flags = {"ref": demo / "ref.fa", "reads": demo / "reads.bam", "truth_variants": demo / "truth.vcf.gz", "confident_regions": demo / "confident.bed",
             "pangenome": demo / "panel.gbz", "output": out, **changed}
    found = ["haploom", "train"]
    for flag, value in flags.items():
        for one in value if isinstance(value, list) else [value]:
            found += [] if one is None else [f"--{flag}", one]
    return found


@pytest.fixture
def no_python(tmp_path):
    return {"HAPLOOM_TRAIN_PYTHON": str(tmp_path / "no/python")}


def refused(command, code, *told, env=None):
    done = run(*command, ok=False, env=env)
    assert done.returncode == code and done.stderr.count("error [") == 1, done.stderr
    assert all(text in done.stderr for text in ("  try:   ", *told)), done.stderr


def test_without_its_environment_it_ends_with_the_command_that_makes_it(demo, tmp_path, no_python):
    refused(words(demo, tmp_path / "out"), 2, "training needs PyTorch and LightGBM", "try:   ./run setup-train", env=no_python)
    assert not list(tmp_path.iterdir())


def test_each_sample_has_one_of_each(demo, tmp_path, no_python):
    refused(words(demo, tmp_path / "out", reads=[demo / "reads.bam"] * 2), 2, "2 of --reads, 1 of --truth_variants, 1 of --confident_regions", env=no_python)


@pytest.mark.parametrize("flag, code", [("ref", 3), ("reads", 3), ("truth_variants", 3), ("confident_regions", 3), ("pangenome", 2), ("customized_model", 3)])
def test_a_file_that_is_missing_is_named(demo, tmp_path, no_python, flag, code):
    missing = tmp_path / "missing.bed"
    refused(words(demo, tmp_path / "out", **{flag: missing}), code, str(missing), env=no_python)


def test_truth_needs_an_index_and_one_sample(demo, tmp_path, no_python):
    shutil.copy(demo / "truth.vcf.gz", tmp_path / "bare.vcf.gz")
    refused(words(demo, tmp_path / "out", truth_variants=tmp_path / "bare.vcf.gz"), 3, "bare.vcf.gz has no index", "tabix -p vcf", env=no_python)
    lines = gzip.open(demo / "truth.vcf.gz", "rt").read().splitlines()
    two = [line if line.startswith("##") else line + "\t" + ("OTHER" if line.startswith("#") else "0/1") for line in lines]
    (tmp_path / "two.vcf").write_text("\n".join(two) + "\n")
    run("bcftools", "view", "-Oz", "-o", tmp_path / "two.vcf.gz", tmp_path / "two.vcf")
    run("tabix", "-p", "vcf", tmp_path / "two.vcf.gz")
    refused(words(demo, tmp_path / "out", truth_variants=tmp_path / "two.vcf.gz"), 3, "holds 2 samples", "bcftools view -s", env=no_python)


def test_regions_of_another_reference_are_refused(demo, tmp_path, no_python):
    for flag in ("regions", "exclude_regions", "validation_regions"):
        refused(words(demo, tmp_path / "out", **{flag: "chr5:1-100"}), 2, "chr5", env=no_python)


def test_an_output_that_exists_is_left_alone(demo, tmp_path, no_python):
    (tmp_path / "out").mkdir()
    refused(words(demo, tmp_path / "out"), 2, "exists", env=no_python)
    refused(words(demo, tmp_path / "new", work=demo / "ref.fa"), 2, "--work", env=no_python)


def test_only_a_network_of_haploom_in_float32_can_be_trained_on(demo, tmp_path, no_python):
    refused(words(demo, tmp_path / "out", customized_model=ROOT / "tests/data/tiny_saved_model"), 3, "holds no model.onnx", env=no_python)


def test_epochs_or_minutes(demo, tmp_path, no_python):
    refused(words(demo, tmp_path / "out", epochs=2, minutes=3), 2, "--epochs and --minutes", env=no_python)


def test_it_hands_over_what_it_was_told_and_ends_as_the_script_does(demo, tmp_path):
    fake = tmp_path / "python"
    fake.write_text("#!/bin/sh\nprintf '%s\\n' \"$@\"\nexit 7\n")
    fake.chmod(0o755)
    done = run(*words(demo, tmp_path / "out", seed=5, minutes=1.5, regions="chr20:1-50000 chr20", ref_chrom_prefix="GRCh38."), ok=False, env={"HAPLOOM_TRAIN_PYTHON": str(fake)})
    assert done.returncode == 7
    said = done.stdout.splitlines()
    assert said[:3] == [f"{ROOT}/train/train.py", "--haploom", str(BIN / "haploom")]
    assert {f"--reads={demo}/reads.bam", "--regions=chr20:1-50000 chr20", "--seed=5", "--minutes=1.5", f"--work={tmp_path}/out.work", "--pass=--ref_chrom_prefix",
            "--pass=GRCh38.", f"--customized_model={ROOT}/models/wgs"} <= set(said)
    assert not any(word.startswith("--epochs") for word in said)


@pytest.fixture(scope="session")
def trainer():
    """A Python that has all that training needs."""
    python = os.environ.get("HAPLOOM_TRAIN_PYTHON") or str(ROOT / ".train-venv/bin/python")
    if not os.path.exists(python) or subprocess.run([python, "-c", "import torch, onnx, lightgbm, matplotlib, pysam"], capture_output=True).returncode != 0:
        pytest.skip("no Python with PyTorch, LightGBM and matplotlib: ./run setup-train")
    return {"HAPLOOM_TRAIN_PYTHON": python}


@pytest.fixture(scope="session")
def trained(demo, tmp_path_factory, trainer):
    """A model of two epochs, and the work folder it was made in."""
    folder = tmp_path_factory.mktemp("train")
    store = folder / "store"
    store.mkdir()
    told = words(demo, folder / "model", epochs=2, gbz_store_dir=store, device="cpu")
    done = run(*told, env=trainer, timeout=1500)
    assert not list(store.iterdir())
    return folder, told, done


def test_a_trained_folder_is_a_model_with_its_card(trained):
    folder, _, done = trained
    assert {"model.onnx", "example_info.json", "cascade.json", "plain.txt", "final.txt", "training.json", "loss_curve.svg", "MODEL_CARD.md"} == {p.name for p in (folder / "model").iterdir()}
    record = json.loads((folder / "model/training.json").read_text())
    assert record["samples"][0]["name"] == "DONOR" and set(record["megabases"]) == {"network", "trees", "validation"}
    before, after = ({look: f["loss"] for look, f in record["cascade"][when].items()} for when in ("before", "after"))
    assert set(before) == {"with panel", "without panel"} and all(after[look] <= before[look] for look in before)
    assert [h["step"] for h in record["network"]["history"]][0] == 0
    card = (folder / "model/MODEL_CARD.md").read_text()
    assert "DONOR" in card and "cascade, with panel" in card and str(after["with panel"])[:5] in card
    assert "validation part" in done.stdout and "<svg" in (folder / "model/loss_curve.svg").read_text()
    told = json.loads(run("haploom", "model", "info", "--json", folder / "model").stdout)
    assert told["format"] == "ONNX"


def test_a_trained_folder_calls(trained, demo, store, tmp_path):
    folder = trained[0]
    run("haploom", "call", "--ref", demo / "ref.fa", "--reads", demo / "reads.bam", "--pangenome", demo / "panel.gbz", "--customized_model", folder / "model",
        "--output_vcf", tmp_path / "x.vcf.gz", "--gbz_store_dir", store)
    assert int(run("bcftools", "view", "-H", tmp_path / "x.vcf.gz").stdout.count("\n")) > 50


def test_no_site_is_in_two_parts(trained):
    folder = trained[0]
    rows = [line.split("\t") for line in (folder / "model.work/parts.bed").read_text().splitlines()]
    spans = sorted((contig, int(a), int(b)) for contig, a, b, _ in rows)
    assert all(x[0] != y[0] or x[2] <= y[1] for x, y in zip(spans, spans[1:]))
    sites = [{tuple(line.split("\t")[:2]) for line in (folder / f"model.work/images/{name}1.chr20.sites.tsv").read_text().splitlines()[1:]} for name in ("", "watch.")]
    assert all(sites) and not sites[0] & sites[1]


def test_what_is_there_is_not_made_again_and_other_settings_are_refused(trained, trainer, tmp_path):
    folder, told, _ = trained
    work = folder / "model.work"
    made = {p: p.stat().st_mtime_ns for p in work.rglob("*.u8")}
    again = [tmp_path / "again" if word == folder / "model" else word for word in told]
    run(*again, "--work", work, env=trainer, timeout=900)
    assert {p: p.stat().st_mtime_ns for p in work.rglob("*.u8")} == made
    for name in ("model.onnx", "final.txt", "MODEL_CARD.md", "loss_curve.svg"):
        one, other = ((place / name).read_text("latin-1") for place in (folder / "model", tmp_path / "again"))
        assert one.partition("\n")[2] == other.partition("\n")[2], name  # a card's first line is the folder's name
    refused([*again, "--work", work, "--output", tmp_path / "third", "--seed", 9], 2, "begun otherwise: --seed was 1", env=trainer)


def test_a_truth_of_other_contig_names_is_refused(demo, trainer, tmp_path):
    """It would teach that there are no variants."""
    (tmp_path / "names").write_text("chr20 20\n")
    run("bcftools", "annotate", "--rename-chrs", tmp_path / "names", "-Oz", "-o", tmp_path / "t.vcf.gz", demo / "truth.vcf.gz")
    run("tabix", "-p", "vcf", tmp_path / "t.vcf.gz")
    refused(words(demo, tmp_path / "out", truth_variants=tmp_path / "t.vcf.gz"), 3, "does not know chr20", env=trainer)


def test_regions_without_a_confident_base_are_refused(demo, trainer, tmp_path):
    refused(words(demo, tmp_path / "out", exclude_regions="chr20"), 2, "has nothing in the regions asked for", env=trainer)


def test_a_program_that_fails_hands_its_error_on(demo, trainer, tmp_path):
    (tmp_path / "bad.gbz").write_bytes(b"no graph")
    refused(words(demo, tmp_path / "out", pangenome=tmp_path / "bad.gbz", gbz_store_dir=tmp_path), 3, "bad.gbz", env=trainer)


def test_a_training_that_is_stopped_goes_on(demo, trainer, tmp_path, store):
    told = [str(w) for w in words(demo, tmp_path / "model", epochs=2, gbz_store_dir=store, device="cpu")]
    job = subprocess.Popen([str(BIN / "haploom"), *told[1:]], stderr=subprocess.PIPE, text=True, env={**os.environ, **trainer})
    for line in job.stderr:
        if "images/1.chr20" in line:
            break
    job.send_signal(signal.SIGTERM)
    job.stderr.read()
    assert job.wait(60) == 143 and not (tmp_path / "model").exists()
    time_of = (tmp_path / "model.work/images/1.chr20.labels.u8").stat().st_mtime_ns
    job = subprocess.Popen([str(BIN / "haploom"), *told[1:]], stderr=subprocess.PIPE, text=True, env={**os.environ, **trainer})
    for line in job.stderr:
        if "best at step" in line:
            break
    job.terminate()
    job.stderr.read()
    assert job.wait(60) == 143
    assert (tmp_path / "model.work/images/1.chr20.labels.u8").stat().st_mtime_ns == time_of and (tmp_path / "model.work/network.pt").exists()
