"""haploom model info and quantize; SavedModel folders of DeepVariant in call_variants."""
import json
import os
import shutil
import subprocess
import sys

import pytest

import example_files
from programs import ROOT, run

TINY = ROOT / "tests/data/tiny_model"
SAVED = ROOT / "tests/data/tiny_saved_model"
sys.path.insert(0, str(ROOT / "tests/oracle/savedmodel"))
from images import like_pileups  # noqa: E402

SHAPE, CHANNELS = [20, 33, 7], [1, 2, 3, 4, 5, 6, 19]  # of tiny_saved_model


def table(folder):
    return dict(line.split("\t") for line in run("haploom", "model", "info", folder).stdout.splitlines())


def test_info_tells_what_a_folder_of_haploom_holds():
    told = table(TINY)
    assert told["format"] == "ONNX (model.onnx)" and told["precision"] == "fp32"
    assert told["input"] == "images [?,32,33,7]" and told["output"] == "probabilities"
    assert told["rows"] == "32 (12 of the pangenome, 20 of reads)"
    assert told["channels"] == "read_base, base_quality, mapping_quality, strand, read_supports_variant, base_differs_from_ref, insert_size"
    assert int(told["bytes"]) == (TINY / "model.onnx").stat().st_size


def test_info_tells_what_a_saved_model_holds_as_json():
    told = json.loads(run("haploom", "model", "info", "--json", SAVED).stdout)
    assert told["format"] == "TensorFlow SavedModel"
    assert told["input"] == {"name": "input_1", "shape": "[?,20,33,7]"} and told["output"] == {"name": "classification"}
    assert told["shape"] == SHAPE and told["channels"] == CHANNELS and told["channel_names"][6] == "insert_size"
    variables = SAVED / "variables"
    assert told["bytes"] == sum(file.stat().st_size for file in [SAVED / "saved_model.pb", *variables.iterdir()])


@pytest.mark.parametrize("command", ["info", "quantize"])
def test_a_folder_without_example_info_gets_one_clear_error(tmp_path, command):
    shutil.copytree(SAVED, tmp_path / "m")
    (tmp_path / "m/example_info.json").unlink()
    more = ["--examples", "x", "--output", tmp_path / "out"] if command == "quantize" else []
    done = run("haploom", "model", command, tmp_path / "m", *more, ok=False)
    assert done.returncode == 3 and f"{tmp_path}/m/example_info.json is missing" in done.stderr
    assert done.stderr.count("error [") == 1


def test_call_variants_runs_a_saved_model_unchanged(tmp_path):
    examples = example_files.write(tmp_path / "e.tfrecord.gz", like_pileups(20, SHAPE, 5), SHAPE, CHANNELS)
    answers = {}
    for threads in (1, 3):
        run("call_variants", "--examples", examples, "--outfile", tmp_path / f"c{threads}.tfrecord.gz", "--checkpoint", SAVED, "--num_threads", threads)
        answers[threads] = example_files.probabilities(tmp_path / f"c{threads}-00000-of-00001.tfrecord.gz")
    assert len(answers[1]) == 20 and answers[1] == answers[3]
    assert all(abs(sum(three) - 1) < 1e-6 for three in answers[1])
    assert max(three[0] for three in answers[1]) - min(three[0] for three in answers[1]) > 0.02  # it looks at the image


def test_quantize_without_its_environment_ends_with_the_command_that_makes_it(tmp_path):
    done = run("haploom", "model", "quantize", SAVED, "--examples", "x", "--output", tmp_path / "out", ok=False,
               env={"HAPLOOM_TRAIN_PYTHON": str(tmp_path / "no/python")})
    assert done.returncode == 2 and "needs NNCF" in done.stderr and "try:   ./run setup-train quantize" in done.stderr
    assert not (tmp_path / "out").exists()


def test_quantize_hands_over_to_the_script_and_ends_as_it_does(tmp_path):
    fake = tmp_path / "python"
    fake.write_text("#!/bin/sh\necho \"$@\"\nexit 7\n")
    fake.chmod(0o755)
    done = run("haploom", "model", "quantize", SAVED, "--examples", "x y", "--output", "out", "--calibration", 5, ok=False,
               env={"HAPLOOM_TRAIN_PYTHON": str(fake)})
    assert done.returncode == 7
    assert done.stdout.strip() == f"{ROOT}/train/quantize.py {SAVED} --examples x y --output out --calibration 5 --limit 5000"


@pytest.fixture(scope="session")
def quantizer():
    """A Python that has NNCF."""
    python = os.environ.get("HAPLOOM_TRAIN_PYTHON") or str(ROOT / ".train-venv/bin/python")
    if not os.path.exists(python) or subprocess.run([python, "-c", "import nncf"], capture_output=True).returncode != 0:
        pytest.skip("no Python with NNCF: ./run setup-train quantize")
    return {"HAPLOOM_TRAIN_PYTHON": python}


def test_a_quantized_model_answers_nearly_the_same_and_says_that_it_is_int8(tmp_path, quantizer):
    images = like_pileups(60, SHAPE, 6)
    examples = example_files.write(tmp_path / "e.tfrecord.gz", images, SHAPE, CHANNELS, labels=[i % 3 for i in range(60)])
    done = run("haploom", "model", "quantize", SAVED, "--examples", examples, "--output", tmp_path / "int8", "--calibration", 40, env=quantizer)
    told = dict(line.split("\t") for line in done.stdout.splitlines() if "\t" in line)
    assert told["compared"] == "20 examples" and {"genotype", "probability", "cpu", "before", "after"} <= set(told)
    about = json.loads(run("haploom", "model", "info", "--json", tmp_path / "int8").stdout)
    assert about["precision"] == "int8" and about["format"] == "OpenVINO IR" and about["version"] == "tiny int8"
    answers = {}
    for name, folder in (("fp32", SAVED), ("int8", tmp_path / "int8")):
        run("call_variants", "--examples", examples, "--outfile", tmp_path / f"{name}.tfrecord.gz", "--checkpoint", folder)
        answers[name] = example_files.probabilities(tmp_path / f"{name}-00000-of-00001.tfrecord.gz")
    differences = [abs(a - b) for fp32, int8 in zip(answers["fp32"], answers["int8"]) for a, b in zip(fp32, int8)]
    assert 0 < max(differences) < 0.2 and sum(differences) / len(differences) < 0.03


def test_quantize_refuses_examples_of_another_shape(tmp_path, quantizer):
    shape = [20, 35, 7]
    examples = example_files.write(tmp_path / "e.tfrecord", like_pileups(3, shape, 6), shape, CHANNELS)
    done = run("haploom", "model", "quantize", SAVED, "--examples", examples, "--output", tmp_path / "out", ok=False, env=quantizer)
    assert done.returncode == 3 and "images of [20, 35, 7]; the model was trained on [20, 33, 7]" in done.stderr
    assert not (tmp_path / "out").exists()
