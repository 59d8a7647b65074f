"""The pangenome store in figures; see store.sh. Times are of this machine, ratios of one run."""
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
BUILD = HERE.parent / "build"
WORK = BUILD / "bench/store"
BENCH = BUILD / "bench/store_bench"
HAPLOOM = BUILD / "bin/haploom"
ORACLE = HERE.parent / "tests/oracle"

ATTACH_MB = (10, 200, 2000)
INDEX_MB = 2000
ROUNDS = 5
JOBS = 8
# gbwtgraph's windows a CPU-second, with bases and CIGARs: on such a graph, and on the two HPRC regions. Measured when the
# store was designed; it cannot be installed here, so these are for reference and not of this run.
GBWTGRAPH_PANEL, GBWTGRAPH_HPRC = "500", "171 and 11"
HPRC = pathlib.Path(os.environ.get("HAPLOOM_SHARED") or HERE.parent.parent / "shared") / "data/real/hprc_micb_kir3dl1/micb-kir3dl1.maxnode1024.gbz"


def lines_of(*words):
    return subprocess.run([str(w) for w in words], check=True, capture_output=True, text=True).stdout.splitlines()


def cost_of(*words):
    """CPU-seconds, wall seconds and peak MB of a process."""
    start = time.monotonic()
    child = subprocess.Popen([str(w) for w in words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    log = child.stderr.read()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"{words[0]} ended with {child.returncode}:\n{log.decode()}")
    return used.ru_utime + used.ru_stime, time.monotonic() - start, used.ru_maxrss / 1024


def own_memory_of(*words):
    """Peak MB of a process's own memory: not of files that it maps, nor of what it shares."""
    child = subprocess.Popen([str(w) for w in words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = 0
    while child.poll() is None:
        try:
            status = pathlib.Path(f"/proc/{child.pid}/status").read_text()
        except OSError:
            continue
        peak = max([peak] + [int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon:")])
        time.sleep(0.001)
    if child.returncode != 0:
        sys.exit(f"{words[0]} ended with {child.returncode}")
    return peak / 1024


def attach():
    print("attach, with verification, warm (GBZ of a third of the image's size beside it; 301 tries)")
    print("image MB  median ms  worst ms")
    for line in lines_of(BENCH, "attach", *ATTACH_MB):
        mb, median, worst = line.split("\t")
        print(f"{mb:>8}  {median:>9}  {worst:>8}")


def load_from_index():
    stem = WORK / "image"
    lines_of(BENCH, "index", stem, INDEX_MB)
    ours, theirs, copy = [], [], f"/dev/shm/haploom.bench.{os.getpid()}"
    for _ in range(ROUNDS):
        ours.append(float(lines_of(BENCH, "load", f"{stem}.gbz")[0].split("\t")[0]))
        theirs.append(cost_of("cp", f"{stem}.gbz.haploom", copy)[1])
        os.unlink(copy)
    for made in (f"{stem}.gbz", f"{stem}.gbz.haploom"):
        os.unlink(made)
    ours, theirs = statistics.median(ours), statistics.median(theirs)
    print(f"\nload of {INDEX_MB} MB from .gbz.haploom into /dev/shm, checked: {ours:.2f} s; cp: {theirs:.2f} s; "
          f"{100 * theirs / ours:.0f} % of cp's speed (medians of {ROUNDS})")


def panel(bases, haplotypes):
    """The graph as GBZ version 1, and as version 3."""
    graphs = {version: WORK / f"panel_{bases}_{haplotypes}{suffix}.gbz" for version, suffix in ((1, ""), (3, ".v3"))}
    if not all(graph.exists() for graph in graphs.values()):
        gfa = graphs[1].with_suffix(".gfa")
        lines_of(sys.executable, HERE / "make_panel.py", "--bases", bases, "--haplotypes", haplotypes, "--seed", 1, "-o", gfa)
        for version, graph in graphs.items():
            cpu, wall, peak = cost_of(HAPLOOM, "gbz", "build", "--version", version, gfa, "-o", graph)
            print(f"\nhaploom gbz build --version {version} of {gfa.stat().st_size / 1e6:.0f} MB GFA: {cpu:.1f} CPU-s, {wall:.1f} s, peak {peak:.0f} MB")
        gfa.unlink()
    return graphs


def conversion_memory(graphs):
    print("\nconversion: memory of its own, beside the image and the pages of the file")
    for graph in graphs:
        name = f"bench.{os.getpid()}"
        idle = own_memory_of(HAPLOOM, "gbz", "ls")
        own = own_memory_of(HAPLOOM, "gbz", "load", "--pangenome_gbz", graph, "--shared_memory_name", name, "--gbz_backing", "shm")
        facts = dict(line.split("\t") for line in lines_of(HAPLOOM, "gbz", "stat", name))
        lines_of(HAPLOOM, "gbz", "unload", name)
        print(f"  {graph.name}: {own:.1f} MB, of which {idle:.1f} of any command; image {int(facts['bytes']) / 1e6:.1f} MB")


def conversion(graph):
    name = f"bench.{os.getpid()}"
    load = [HAPLOOM, "gbz", "load", "--pangenome_gbz", graph, "--shared_memory_name", name, "--gbz_backing", "shm"]
    ours = []
    for _ in range(ROUNDS):
        ours.append(cost_of(*load))
        facts = dict(line.split("\t") for line in lines_of(HAPLOOM, "gbz", "stat", name))
        lines_of(HAPLOOM, "gbz", "unload", name)
    cpu, wall, peak = (min(column) for column in zip(*ours))
    print(f"\nconversion of {graph.name}, {graph.stat().st_size / 1e6:.1f} MB, to an image of {int(facts['bytes']) / 1e6:.1f} MB: "
          f"{cpu:.3f} CPU-s, {wall:.3f} s, peak {peak:.0f} MB (least of {ROUNDS})")
    if not shutil.which("cargo"):
        print("the crate gbz: no cargo here")
        return
    built = subprocess.run(["cargo", "build", "--release", "--quiet", "--locked"], cwd=ORACLE, capture_output=True, text=True)
    if built.returncode != 0:
        print(f"the crate gbz: cannot be built here: {built.stderr.splitlines()[-1]}")
        return
    theirs = min(cost_of(ORACLE / "target/release/oracle", "load", graph)[0] for _ in range(ROUNDS))
    print(f"the crate gbz 0.7 loading the same file: {theirs:.3f} CPU-s; ratio {cpu / theirs:.2f}")


def windows(graph):
    print("\nhaplotypes of windows of 1000 bases, with bases and CIGARs (query), one core")
    graphs = {graph: GBWTGRAPH_PANEL} | ({HPRC: GBWTGRAPH_HPRC} if HPRC.exists() else {})
    head, *rows = [line.split("\t") for line in lines_of(BUILD / "bench/haplotypes_bench", *graphs)]
    for name, *values in zip(head + ["gbwtgraph, for reference"], *[row + [known] for row, known in zip(rows, graphs.values())]):
        print(f"  {name:<26}" + "".join(f" {value:>32}" for value in values))


def memory_of_jobs(graph):
    name = f"bench.{os.getpid()}"
    jobs = [subprocess.Popen([BENCH, "hold", graph, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(JOBS)]
    image = [int(job.stdout.readline().split()[1]) for job in jobs][0]
    for job in jobs:
        job.stdin.write("pss\n")
        job.stdin.flush()
    pss = sum(int(job.stdout.readline()) for job in jobs) / 1024
    for job in jobs:
        job.communicate()
    image /= 1 << 20
    print(f"\n{JOBS} jobs hold {graph.name}: Pss {pss:.1f} MiB together, the image {image:.1f} MiB; {(pss - image) / JOBS:.1f} MiB a job beside it")


def main():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    bases, haplotypes = (int(word) for word in sys.argv[1:3]) if len(sys.argv) > 2 else (20_000_000, 90)
    WORK.mkdir(parents=True, exist_ok=True)
    attach()
    load_from_index()
    graphs = panel(bases, haplotypes)
    graph = graphs[1]
    conversion(graph)
    conversion_memory([*graphs.values()] + [HPRC] * HPRC.exists())
    windows(graph)
    memory_of_jobs(graph)


if __name__ == "__main__":
    main()
