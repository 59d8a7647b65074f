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


STARTED = []  # ended by conftest.py should a test leave them running


def start(*words, stop_at=None, env=None):
    """Starts a program of ours, its log in a pipe. With stop_at, returns when it has stopped itself at that point of the
    store's protocol (src/shared_image/crash_point.h), and SIGCONT lets it go on."""
    env = {**os.environ, **(env or {}), **({"HAPLOOM_STOP_POINT": stop_at} if stop_at else {})}
    job = subprocess.Popen([str(BIN / words[0]), *map(str, words[1:])], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                           env=env)
    STARTED.append(job)
    if stop_at:
        _, status = os.waitpid(job.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status), f"it never came to {stop_at}:\n{job.stderr.read()}"
    return job


def lines_until(job, sign):
    """The log of a started job up to the line that holds `sign`."""
    seen = []
    for line in job.stderr:
        seen.append(line)
        if sign in line:
            return "".join(seen)
    raise AssertionError(f"no line with '{sign}':\n{''.join(seen)}")


def call_words(demo, store, out, *more):
    return ["run_pangenome_aware_deepvariant", "--model_type", "WGS", "--ref", demo / "ref.fa", "--reads", demo / "reads.bam",
            "--pangenome", demo / "panel.gbz", "--output_vcf", out, "--gbz_store_dir", store, *more]


def words_with(graph, demo, store, out, *more):
    """The same with another pangenome."""
    words = call_words(demo, store, out, *more)
    words[words.index(demo / "panel.gbz")] = graph
    return words


def held_rows(store):
    """What `haploom gbz ls` lists, a dict a row."""
    lines = [line.split("\t") for line in run("haploom", "gbz", "ls", "--gbz_store_dir", store).stdout.splitlines()]
    return [dict(zip(lines[0], line)) for line in lines[1:]]


def records(vcf):
    """The lines of a VCF below its header, and without it: what must not depend on threads, names or neighbours."""
    return run("bcftools", "view", "-H", vcf).stdout
