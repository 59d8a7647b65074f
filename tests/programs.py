"""Our programs as the tests run them."""
import os
import pathlib
import subprocess

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


def call_words(demo, store, out, *more):
    return ["run_pangenome_aware_deepvariant", "--model_type", "WGS", "--ref", demo / "ref.fa", "--reads", demo / "reads.bam",
            "--pangenome", demo / "panel.gbz", "--output_vcf", out, "--gbz_store_dir", store, *more]


def records(vcf):
    """The lines of a VCF below its header, and without it: what must not depend on threads, names or neighbours."""
    return run("bcftools", "view", "-H", vcf).stdout
