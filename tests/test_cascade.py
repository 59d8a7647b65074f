"""The cascade of a model folder in whole runs: trees that settle plain sites and weigh the network's answers."""
import array
import json
import math
import subprocess
import sys

import pytest
import vcf_check

import cascades
from programs import ROOT, run

PIECE = 24_000  # bases of each contig


def content(path):
    """A VCF but for the line that names the command."""
    return [line for line in run("bcftools", "view", "--no-version", path).stdout.splitlines() if not line.startswith("##haploom_command=")]


def calls(path):
    return [line.split("\t") for line in content(path) if not line.startswith("#")]


def renamed(lines, contig, offset=10_000):
    """The graph a second time: other node numbers, another contig."""
    out = []
    for line in lines:
        fields = line.rstrip("\n").split("\t")
        if fields[0] == "S":
            fields[1] = str(int(fields[1]) + offset)
        elif fields[0] == "L":
            fields[1], fields[3] = str(int(fields[1]) + offset), str(int(fields[3]) + offset)
        elif fields[0] == "W":
            fields[3] = contig
            steps = fields[6].replace("<", " <").replace(">", " >").split()
            fields[6] = "".join(f"{step[0]}{int(step[1:]) + offset}" for step in steps)
        else:
            continue
        out.append("\t".join(fields) + "\n")
    return out


@pytest.fixture(scope="module")
def three(demo, tmp_path_factory):
    """Three contigs with the demo's reads: the graph knows the first and the last."""
    place = tmp_path_factory.mktemp("three")
    name, bases = (demo / "ref.fa").read_text().split("\n", 1)
    name, bases = name[1:].split()[0], bases.replace("\n", "")[:PIECE]
    contigs = [name, "elsewhere", "later"]
    (place / "ref.fa").write_text("".join(f">{contig}\n{bases}\n" for contig in contigs))
    run("samtools", "faidx", place / "ref.fa")
    header = [line for line in run("samtools", "view", "-H", demo / "reads.bam").stdout.splitlines() if line.startswith("@RG")]
    reads = run("samtools", "view", "-e", f"pos + 300 < {PIECE} && pnext + 300 < {PIECE}", demo / "reads.bam").stdout.splitlines()
    sam = ["@HD\tVN:1.6\tSO:coordinate"] + [f"@SQ\tSN:{contig}\tLN:{PIECE}" for contig in contigs] + header
    for contig in contigs:
        sam += ["\t".join([fields[0] + contig, fields[1], contig, *fields[3:]]) for fields in (line.split("\t") for line in reads)]
    subprocess.run(["samtools", "view", "-b", "-o", place / "reads.bam"], input="\n".join(sam) + "\n", text=True, check=True)
    run("samtools", "index", place / "reads.bam")
    lines = (demo / "panel.gfa").read_text().splitlines(keepends=True)
    (place / "panel.gfa").write_text("".join(lines + renamed(lines, "later")))
    run("haploom", "gbz", "build", place / "panel.gfa", "-o", place / "panel.gbz")
    return place


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """The same network with a cascade and without, under one name."""
    folder = tmp_path_factory.mktemp("models")
    (folder / "without").mkdir()
    (folder / "with").mkdir()
    cascades.network(folder / "without/small")
    cascades.model(folder / "with/small")
    return folder


def words(data, store, out, model, *more, pangenome=True):
    graph = ["--pangenome", data / "panel.gbz", "--gbz_store_dir", store] if pangenome else []
    return ["haploom", "call", "--ref", data / "ref.fa", "--reads", data / "reads.bam", *graph, "--customized_model", model, "--output_vcf", out / "o.vcf.gz", *more]


def gvcf(out):
    return ["--output_gvcf", out / "o.g.vcf.gz"]


def run_once(three, folder, place):
    (place / "store").mkdir()
    run(*words(three, place / "store", place, folder, *gvcf(place)))
    return place


@pytest.fixture(scope="module")
def one_thread(three, models, tmp_path_factory):
    return run_once(three, models / "with/small", tmp_path_factory.mktemp("one_thread"))


@pytest.fixture(scope="module")
def network_alone(three, models, tmp_path_factory):
    """A run of the folder that has no cascade."""
    return run_once(three, models / "without/small", tmp_path_factory.mktemp("network_alone"))


# ---- what a run does with it

def test_threads_change_no_byte(three, store, tmp_path, models, one_thread):
    assert len(calls(one_thread / "o.vcf.gz")) > 30
    for shards in (2, 4):
        run(*words(three, store, tmp_path, models / "with/small", *gvcf(tmp_path), "--num_shards", shards))
        for name in ("o.vcf.gz", "o.g.vcf.gz"):
            assert content(tmp_path / name) == content(one_thread / name), (shards, name)


def test_a_cascade_weighs_the_networks_answers(one_thread, network_alone):
    assert content(one_thread / "o.vcf.gz") != content(network_alone / "o.vcf.gz")
    assert {line[0] for line in calls(one_thread / "o.vcf.gz")} == {line[0] for line in calls(network_alone / "o.vcf.gz")}


def test_contigs_that_the_graph_lacks_are_called_between_those_that_it_has(one_thread):
    numbers = [sum(line[0] == contig for line in calls(one_thread / "o.vcf.gz")) for contig in ("elsewhere", "later")]
    assert min(numbers) > 10, numbers


def test_its_vcf_and_gvcf_hold_what_they_must(one_thread):
    for name in ("o.vcf.gz", "o.g.vcf.gz"):
        number, wrong = vcf_check.check(one_thread / name)
        assert number > 30 and wrong == [], wrong[:5]
    assert vcf_check.apart(one_thread / "o.g.vcf.gz") == []
    done = run("bcftools", "stats", one_thread / "o.g.vcf.gz")
    assert "number of records:" in done.stdout and done.stderr == ""
    inside = [line[:2] + line[3:7] for line in calls(one_thread / "o.g.vcf.gz") if line[4] != "<*>"]
    assert [[*line[:3], line[3].removesuffix(",<*>"), *line[4:]] for line in inside] == [line[:2] + line[3:7] for line in calls(one_thread / "o.vcf.gz")]


def test_a_run_may_leave_it_out(three, store, tmp_path, models, network_alone):
    run(*words(three, store, tmp_path, models / "with/small", *gvcf(tmp_path), "--nocascade"))
    for name in ("o.vcf.gz", "o.g.vcf.gz"):
        assert content(tmp_path / name) == content(network_alone / name)


def test_it_works_without_a_pangenome(three, tmp_path, models):
    for shards in (1, 3):
        run(*words(three, None, tmp_path, models / "with/small", "--num_shards", shards, "--output_gvcf", tmp_path / f"{shards}.g.vcf.gz", pangenome=False))
        (tmp_path / "o.vcf.gz").rename(tmp_path / f"{shards}.vcf.gz")
    assert content(tmp_path / "1.vcf.gz") == content(tmp_path / "3.vcf.gz")
    assert content(tmp_path / "1.g.vcf.gz") == content(tmp_path / "3.g.vcf.gz")
    number, wrong = vcf_check.check(tmp_path / "1.vcf.gz")
    assert number > 30 and wrong == [], wrong[:5]


def test_what_the_plain_trees_settle_is_not_shown_to_the_network(three, store, tmp_path):
    """The final trees say one copy where the network was not asked, else two."""
    final = [-9, ("network_0", 1, -3, 3, "right"), ("network_0", 1, 3, -3, "right")]
    genotypes = {}
    for least in (0.34, 2):
        out = tmp_path / str(least)
        out.mkdir()
        run(*words(three, store, out, cascades.model(out / "m", final=final, least=least), "--regions", f"later:1-{PIECE // 2}"))
        genotypes[least] = {line[9].split(":")[0] for line in calls(out / "o.vcf.gz") if "," not in line[4]}
    assert genotypes == {0.34: {"0/1"}, 2: {"1/1"}}


def test_candidates_are_looked_for_with_its_flags(three, store, tmp_path):
    """A cascade that asks for a thousand reads finds nothing where no panel helps."""
    model = cascades.model(tmp_path / "m", flags={"vsc_min_count_snps": 1000, "vsc_min_count_indels": 1000})
    run(*words(three, store, tmp_path, model, "--regions", f"elsewhere:1-{PIECE // 2}"))
    assert calls(tmp_path / "o.vcf.gz") == []
    run(*words(three, store, tmp_path, model, "--regions", f"elsewhere:1-{PIECE // 2}", "--nocascade"))
    assert len(calls(tmp_path / "o.vcf.gz")) > 5


# ---- steps

def test_steps_leave_it_out(three, store, tmp_path, models, network_alone):
    run(*words(three, store, tmp_path, models / "with/small", *gvcf(tmp_path), "--intermediate_results_dir", tmp_path / "between", "--num_shards", 2))
    for name in ("o.vcf.gz", "o.g.vcf.gz"):
        assert content(tmp_path / name) == content(network_alone / name)


def test_what_only_goes_by_steps_leaves_it_out_and_says_so(three, store, tmp_path, models):
    snps = ["--make_examples_extra_args", "select_variant_types=snps", "--regions", f"later:1-{PIECE // 2}"]
    said = {}
    for name, more in (("with", []), ("without", []), ("with", ["--nocascade"])):
        out = tmp_path / f"{name}{len(more)}"
        out.mkdir()
        said[out.name] = run(*words(three, store, out, models / name / "small", *snps, *more)).stderr
    warning = f"the steps leave the cascade of {models}/with/small out"
    assert {name: warning in text for name, text in said.items()} == {"with0": True, "without0": False, "with1": False}
    assert content(tmp_path / "with0/o.vcf.gz") == content(tmp_path / "without0/o.vcf.gz") == content(tmp_path / "with1/o.vcf.gz")


def test_the_printed_steps_know_nothing_of_it(three, store, tmp_path, models):
    printed = [run(*words(three, store, tmp_path, models / name / "small", "--dry_run", "--intermediate_results_dir", tmp_path / "b")).stdout for name in ("with", "without")]
    assert "vsc_min_count_panel_alleles" not in printed[0]
    assert printed[0].replace(f"{models}/with", f"{models}/without") == printed[1]


# ---- damage

def cut(path):
    path.write_text(path.read_text()[:path.stat().st_size * 2 // 3])


def edited(name, before, after):
    def edit(folder):
        text = (folder / name).read_text()
        assert before in text
        (folder / name).write_text(text.replace(before, after, 1))
    return edit


@pytest.mark.parametrize("damage, named", [
    (lambda folder: cut(folder / "cascade.json"), "cascade.json is not a JSON object"),
    (lambda folder: (folder / "cascade.json").write_text(""), "cascade.json"),
    (lambda folder: cut(folder / "plain.txt"), "plain.txt"),
    (lambda folder: cut(folder / "final.txt"), "final.txt"),
    (lambda folder: (folder / "final.txt").unlink(), "final.txt is missing"),
    (edited("final.txt", "posterior_1", "posterior_9"), "final.txt wants a number 'posterior_9'"),
    (edited("final.txt", "num_class=3", "num_class=4"), "final.txt answers other than 3 classes"),
    (edited("cascade.json", '"plain.txt"', '"../small/plain.txt"'), "outside the folder"),
    (edited("cascade.json", "0.95", '"high"'), "cascade.json: 'plain' lacks 'least'"),
    (edited("cascade.json", '{"vsc_min_count_panel_alleles": 1}', "[1]"), "'flags_for_calling' is not an object"),
    (edited("cascade.json", '"vsc_min_count_panel_alleles": 1', '"vsc_min_count_panel_alleles": [1]'), "'vsc_min_count_panel_alleles' has no plain value"),
])
def test_a_damaged_cascade_ends_the_run_before_any_output(three, store, tmp_path, damage, named):
    model = cascades.model(tmp_path / "small")
    damage(model)
    out = tmp_path / "out"
    out.mkdir()
    done = run(*words(three, store, out, model, *gvcf(out), "--report", out / "r.json"), ok=False)
    assert done.returncode == 3 and done.stderr.count("error [model/54]") == 1 and named in done.stderr and str(model) in done.stderr, done.stderr
    assert list(out.iterdir()) == [] and list(store.iterdir()) == []


def test_a_damaged_cascade_is_not_looked_at_by_who_leaves_it_out(three, store, tmp_path):
    model = cascades.model(tmp_path / "small")
    (model / "cascade.json").write_text("{")
    run(*words(three, store, tmp_path, model, "--nocascade", "--regions", f"later:1-{PIECE // 4}"))
    assert calls(tmp_path / "o.vcf.gz")


def reference_alone(lines):
    """A panel of one haplotype that has nothing but the reference."""
    walk = next(line for line in lines if line.startswith("W\t")).rstrip("\n").split("\t")
    on_it = {step for step in walk[6].replace("<", " ").replace(">", " ").split()}
    kept = [line for line in lines if line.startswith("H") or (line.startswith("S") and line.split("\t")[1] in on_it)]
    steps = walk[6].lstrip(">").split(">")
    links = [f"L\t{a}\t+\t{b}\t+\t0M\n" for a, b in zip(steps, steps[1:])]
    stranger = ["W", "STRANGER", "1", *walk[3:]]
    return kept + links + ["\t".join(walk) + "\n", "\t".join(stranger) + "\n"]


def test_a_panel_of_strangers_is_as_none(store, models, tmp_path):
    """It has none of the first thirty sure alleles: the shard is begun anew without it, and nothing is told of twice."""
    demo = tmp_path / "demo"
    run(sys.executable, ROOT / "train/make_demo.py", "--out", demo, "--length", 150_000)
    run("haploom", "gbz", "build", demo / "panel.gfa", "-o", demo / "panel.gbz")
    (tmp_path / "stranger.gfa").write_text("".join(reference_alone((demo / "panel.gfa").read_text().splitlines(keepends=True))))
    run("haploom", "gbz", "build", tmp_path / "stranger.gfa", "-o", tmp_path / "panel.gbz")
    outs, told = {}, {}
    keys = ("sites", "reads", "windows_with_candidates")
    for name, graph in (("none", []), ("stranger", ["--pangenome", tmp_path / "panel.gbz", "--gbz_store_dir", store]), ("own", ["--pangenome", demo / "panel.gbz", "--gbz_store_dir", store])):
        out = tmp_path / name
        out.mkdir()
        run("haploom", "call", "--ref", demo / "ref.fa", "--reads", demo / "reads.bam", *graph, "--customized_model", models / "with/small", "--output_vcf", out / "o.vcf.gz",
            *gvcf(out), "--report", out / "report.json")
        outs[name] = [calls(out / "o.vcf.gz"), calls(out / "o.g.vcf.gz")]
        told[name] = json.loads((out / "report.json").read_text())
        run("haploom", "examples", "--open", "--ref", demo / "ref.fa", "--reads", demo / "reads.bam", *graph, "--output", out / "open")
    assert len(outs["none"][0]) > 60 and outs["stranger"] == outs["none"]
    assert outs["own"] != outs["none"]
    assert images(tmp_path / "stranger/open") == images(tmp_path / "none/open") != images(tmp_path / "own/open")
    assert [told["stranger"][key] for key in keys] == [told["none"][key] for key in keys]


# ---- the numbers themselves

class Numbers:
    """What `haploom examples --numbers` writes."""

    def __init__(self, prefix):
        self.names = prefix.with_suffix(".numbers.txt").read_text().split("\n")[:-1]
        values = array.array("f", prefix.with_suffix(".numbers.f32").read_bytes())
        assert len(values) % len(self.names) == 0
        self.rows = [dict(zip(self.names, values[at:at + len(self.names)])) for at in range(0, len(values), len(self.names))]
        head, *lines = prefix.with_suffix(".sites.tsv").read_text().splitlines()
        self.sites = [dict(zip(head.split("\t"), line.split("\t"))) for line in lines]


def write_numbers(data, store, prefix, *more, pangenome=True):
    graph = ["--pangenome", data / "panel.gbz", "--gbz_store_dir", store] if pangenome else []
    run("haploom", "examples", "--numbers", "--ref", data / "ref.fa", "--reads", data / "reads.bam", *graph, "--output", prefix, *more)
    return Numbers(prefix)


@pytest.fixture(scope="module")
def numbers(three, tmp_path_factory):
    place = tmp_path_factory.mktemp("numbers")
    (place / "store").mkdir()
    write_numbers(three, place / "store", place / "x", "--vsc_min_count_panel_alleles", 1)
    assert sorted(path.name for path in place.iterdir()) == ["store", "x.numbers.f32", "x.numbers.txt", "x.sites.tsv"]
    return place / "x"


def test_numbers_are_a_row_for_each_line_of_sites(numbers):
    found = Numbers(numbers)
    assert len(found.rows) == len(found.sites) > 30
    assert len(set(found.names)) == len(found.names) and found.names[-3:] == ["network_0", "network_1", "network_2"]
    assert [int(site["image"]) for site in found.sites] == list(range(len(found.rows)))
    for row, site in zip(found.rows, found.sites):
        alts, sets = site["alts"].split(","), site["alt_set"].split(",")
        assert row["alts"] == len(alts) and row["set_size"] == len(sets) and row["depth"] == int(site["depth"])
        lengths = [len(alts[int(i)]) - len(site["ref"]) for i in sets]
        assert abs(row["length"]) == max(map(abs, lengths))
    order = [(["chr20", "elsewhere", "later"].index(site["contig"]), int(site["start"])) for site in found.sites]
    assert order == sorted(order)


def test_numbers_hold_the_networks_answer_and_the_panels(numbers):
    found = Numbers(numbers)
    asked = 0
    for row, site in zip(found.rows, found.sites):
        answer = [row[f"network_{copies}"] for copies in range(3)]
        if not any(map(math.isnan, answer)):  # what the panel alone makes a site of is shown to nobody
            asked += 1
            assert sum(10 ** one for one in answer) == pytest.approx(1, abs=1e-4)
        prior = [row[f"prior_{copies}"] for copies in range(3)]
        if site["contig"] == "elsewhere":
            assert all(map(math.isnan, prior)) and row["haplotypes"] == 0
        elif not math.isnan(prior[0]):
            assert sum(10 ** one for one in prior) == pytest.approx(1, abs=1e-4)
    assert asked > 30
    assert sum(not math.isnan(row["prior_0"]) for row in found.rows) > 10


def test_threads_do_not_change_the_numbers(three, store, tmp_path, numbers):
    write_numbers(three, store, tmp_path / "x", "--vsc_min_count_panel_alleles", 1, "--num_shards", 2)
    for suffix in (".numbers.f32", ".numbers.txt", ".sites.tsv"):
        assert (tmp_path / "x").with_suffix(suffix).read_bytes() == numbers.with_suffix(suffix).read_bytes(), suffix


def test_numbers_without_a_pangenome_know_nothing_of_it(three, tmp_path, numbers):
    found = write_numbers(three, None, tmp_path / "x", "--regions", f"later:1-{PIECE // 2}", pangenome=False)
    assert len(found.rows) > 5 and found.names == Numbers(numbers).names
    for row in found.rows:
        assert row["haplotypes"] == 0 and all(math.isnan(row[name]) for name in ("set_frequency", "panel_fit", "prior_1", "posterior_1"))
        assert not math.isnan(row["network_0"])


def images(prefix):
    """{site columns: image} of `haploom examples`"""
    lines = prefix.with_suffix(".sites.tsv").read_text().splitlines()[1:]
    drawn = prefix.with_suffix(".images.u8").read_bytes()
    size = len(drawn) // len(lines)
    assert size * len(lines) == len(drawn)
    return {line.rsplit("\t", 1)[0]: drawn[i * size:(i + 1) * size] for i, line in enumerate(lines)}


def test_open_examples_are_those_that_plain_trees_leave_to_the_network(three, store, tmp_path):
    common = ["--ref", three / "ref.fa", "--reads", three / "reads.bam", "--pangenome", three / "panel.gbz", "--gbz_store_dir", store]
    run("haploom", "examples", *common, "--vsc_min_count_panel_alleles", 1, "--output", tmp_path / "all")
    run("haploom", "examples", *common, "--open", "--output", tmp_path / "open")
    every, open_ones = images(tmp_path / "all"), images(tmp_path / "open")
    assert 0 < len(open_ones) < len(every) and open_ones.items() <= every.items()
    done = run("haploom", "examples", *common, "--open", "--numbers", "--output", tmp_path / "both", ok=False)
    assert done.returncode == 2 and "--open and --numbers" in done.stderr


def test_numbers_that_cannot_be_written_leave_nothing(three, store, tmp_path):
    done = run("haploom", "examples", "--numbers", "--ref", three / "ref.fa", "--reads", three / "reads.bam", "--pangenome", three / "panel.gbz", "--gbz_store_dir", store,
               "--output", tmp_path / "no/such/x", ok=False)
    assert done.returncode == 4 and "no/such" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["store"] and list(store.iterdir()) == []
