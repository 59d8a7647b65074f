"""The measurements of bench/model.sh."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/oracle/savedmodel"))
from images import like_pileups  # noqa: E402

TENSORFLOW = os.environ.get("HAPLOOM_TENSORFLOW")


def json_of(*words):
    return json.loads(subprocess.run([str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout)


def difference(a, b):
    return max(abs(x - y) for first, second in zip(a["answers"], b["answers"]) for x, y in zip(first, second))


def row(name, engine, it, threads, reference=None, told=""):
    ratio = f"{reference['cpu_s_per_1000'] / it['cpu_s_per_1000']:.2f}" if reference else ""
    print(f"{name:<22}{engine:<22}{threads:>7}{it['load_cpu_s']:>9.2f}{it['cpu_s_per_1000']:>14.2f}{ratio:>8}{it['peak_mb']:>9}  {told}", flush=True)


def measure(folder, count, rounds, scratch):
    shape = json.loads((folder / "example_info.json").read_text())["shape"]
    images = scratch / "images.u8"
    like_pileups(count, shape, 1).tofile(images)
    theirs = None
    if TENSORFLOW and (folder / "saved_model.pb").exists():
        theirs = json_of(TENSORFLOW, ROOT / "tests/oracle/savedmodel/tensorflow_answers.py", folder, images, "--rounds", rounds)
        row(folder.name, "TensorFlow", theirs, 1)
    for threads in (1, 2):
        ours = json_of(ROOT / "build/bench/model_bench", folder, images, threads, rounds)
        row(folder.name, "haploom", ours, threads, theirs, f"differs by {difference(theirs, ours):.1e}" if theirs else "")
    int8 = folder.with_name(folder.name + "_int8")
    if int8.exists():
        quick = json_of(ROOT / "build/bench/model_bench", int8, images, 1, rounds)
        row(folder.name, "haploom, int8", quick, 1, theirs or ours, f"differs by {difference(theirs or ours, quick):.1e}")


def main():
    count, rounds = int(sys.argv[1] if len(sys.argv) > 1 else 32), int(sys.argv[2] if len(sys.argv) > 2 else 2)
    folders = [ROOT / "models/wgs"]
    if os.environ.get("HAPLOOM_SAVEDMODELS"):
        folders += sorted(path.parent for path in pathlib.Path(os.environ["HAPLOOM_SAVEDMODELS"]).glob("*/saved_model.pb"))
    print(f"{'model':<22}{'engine':<22}{'threads':>7}{'load s':>9}{'CPU s / 1000':>14}{'ratio':>8}{'peak MB':>9}")
    with tempfile.TemporaryDirectory() as scratch:
        for folder in folders:
            try:
                measure(folder, count, rounds, pathlib.Path(scratch))
            except subprocess.CalledProcessError as failed:
                print(f"{folder.name:<22}refused: {' '.join(failed.cmd[:2])}")


if __name__ == "__main__":
    main()
