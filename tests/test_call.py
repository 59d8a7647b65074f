"""The main job as its users run it."""
import json
import pathlib
import re
import subprocess
import sys

import pytest
import vcf_check

from programs import ROOT, call_words, records, run


@pytest.fixture(scope="session")
def lone(demo, tmp_path_factory):
    """The VCF of one run that had the node to itself."""
    place = tmp_path_factory.mktemp("lone")
    (place / "store").mkdir()
    run(*call_words(demo, place / "store", place / "o.vcf.gz"))
    assert list((place / "store").iterdir()) == [], "the run left something in its store"
    return place / "o.vcf.gz"


def test_writes_a_sorted_bgzipped_indexed_vcf_that_bcftools_reads(lone):
    header = run("bcftools", "view", "-h", lone).stdout
    assert "##fileformat=VCFv4.2" in header and "##contig=<ID=" in header and "##haploom_command=" in header
    assert pathlib.Path(f"{lone}.tbi").exists()
    positions = [int(line.split("\t")[1]) for line in records(lone).splitlines()]
    assert len(positions) > 20 and positions == sorted(positions)
    assert run("bcftools", "index", "-n", lone).stdout.strip() == str(len(positions))


def test_finds_the_donors_variants(demo, lone, tmp_path):
    run(sys.executable, ROOT / "train/count_errors.py", "--ref", demo / "ref.fa", "--truth", demo / "truth.vcf.gz",
        "--bed", demo / "confident.bed", "--calls", lone, "--json", tmp_path / "errors.json")
    counts = json.loads((tmp_path / "errors.json").read_text())
    for kind, least in (("SNP", 0.95), ("INDEL", 0.80)):
        assert counts[kind]["TP"] > 0 and counts[kind]["F1"] >= least, counts


def test_numbers_of_each_call_agree_with_each_other(lone):
    number, wrong = vcf_check.check(lone)
    assert number > 20 and wrong == [], wrong[:5]


@pytest.fixture(scope="module")
def gvcf(demo, tmp_path_factory):
    """A run that writes both."""
    place = tmp_path_factory.mktemp("gvcf")
    (place / "store").mkdir()
    run(*call_words(demo, place / "store", place / "o.vcf.gz", "--output_gvcf", place / "o.g.vcf.gz"))
    return place


def test_a_gvcf_holds_the_calls_and_blocks_over_all_else(demo, lone, gvcf):
    assert records(gvcf / "o.vcf.gz") == records(lone)
    number, wrong = vcf_check.check(gvcf / "o.g.vcf.gz")
    assert number > 100 and wrong == [], wrong[:5]
    assert vcf_check.apart(gvcf / "o.g.vcf.gz") == []
    lines = [line.split("\t") for line in records(gvcf / "o.g.vcf.gz").splitlines()]
    calls = [(line[0], line[1], line[3], line[4].removesuffix(",<*>"), line[5], line[6]) for line in lines if line[4] != "<*>"]
    assert calls == [(c[0], c[1], *c[3:7]) for c in (line.split("\t") for line in records(lone).splitlines())]
    covered = set()
    for line in lines:
        end = int(line[7][4:]) if line[4] == "<*>" else int(line[1]) + len(line[3]) - 1
        covered.update(range(int(line[1]), end + 1))
    (contig,) = {line[0] for line in lines}
    length = len("".join(run("samtools", "faidx", demo / "ref.fa", contig).stdout.split("\n")[1:]))
    assert covered == set(range(1, length + 1))
    assert run("bcftools", "index", "-n", gvcf / "o.g.vcf.gz").stdout.strip() == str(len(lines))


def test_threads_do_not_change_the_gvcf(demo, store, tmp_path, gvcf):
    run(*call_words(demo, store, tmp_path / "o.vcf.gz", "--output_gvcf", tmp_path / "o.g.vcf", "--num_shards", "3"))
    assert records(tmp_path / "o.g.vcf") == records(gvcf / "o.g.vcf.gz")


def test_threads_do_not_change_the_calls(demo, store, tmp_path, lone):
    run(*call_words(demo, store, tmp_path / "o.vcf.gz", "--num_shards", "3"))
    assert records(tmp_path / "o.vcf.gz") == records(lone)


def test_cram_gives_the_calls_of_bam(demo, store, tmp_path, lone):
    run("samtools", "view", "-C", "-T", demo / "ref.fa", "-o", tmp_path / "reads.cram", demo / "reads.bam")
    run("samtools", "index", tmp_path / "reads.cram")
    words = call_words(demo, store, tmp_path / "o.vcf.gz")
    words[words.index(demo / "reads.bam")] = tmp_path / "reads.cram"
    run(*words)
    assert records(tmp_path / "o.vcf.gz") == records(lone)


def test_regions_give_the_same_calls_as_the_whole(demo, store, tmp_path):
    """Partitions are cut from a region's start: a region that starts on one of theirs must not change a call of the network alone.
    (The cascade looks around a site as far as the regions go.)"""
    run(*call_words(demo, store, tmp_path / "whole.vcf.gz", "--nocascade"))
    contig = run("samtools", "view", "-H", demo / "reads.bam").stdout.split("SN:")[1].split("\t")[0]
    run(*call_words(demo, store, tmp_path / "o.vcf.gz", "--nocascade", "--regions", f"{contig}:20,001-40,000"))
    inside = [line for line in records(tmp_path / "whole.vcf.gz").splitlines() if 20001 <= int(line.split("\t")[1]) <= 40000]
    assert records(tmp_path / "o.vcf.gz").splitlines() == inside


def test_calls_without_a_pangenome_too(demo, tmp_path):
    run("haploom", "call", "--ref", demo / "ref.fa", "--reads", demo / "reads.bam", "--output_vcf", tmp_path / "o.vcf.gz")
    assert len(records(tmp_path / "o.vcf.gz").splitlines()) > 20


def test_absl_spellings_of_flags(demo, store, tmp_path, lone):
    run("run_pangenome_aware_deepvariant", "--model_type=WGS", f"--ref={demo}/ref.fa", f"--reads={demo}/reads.bam",
        f"--pangenome={demo}/panel.gbz", f"--output_vcf={tmp_path}/o.vcf.gz", f"--gbz_store_dir={store}", "--nodry_run",
        "--disable_small_model=true", "--gbz_shared_memory_name=mine", "--gbz_shared_memory_size_gb=12")
    assert records(tmp_path / "o.vcf.gz") == records(lone)


def test_no_reads_is_a_warning_and_an_empty_vcf(demo, store, tmp_path):
    run("samtools", "view", "-b", "-o", tmp_path / "none.bam", "-e", "qlen<0", demo / "reads.bam")
    run("samtools", "index", tmp_path / "none.bam")
    words = call_words(demo, store, tmp_path / "o.vcf.gz")
    words[words.index(demo / "reads.bam")] = tmp_path / "none.bam"
    done = run(*words)
    assert "warning" in done.stderr
    assert records(tmp_path / "o.vcf.gz") == ""
    assert pathlib.Path(tmp_path / "o.vcf.gz.tbi").exists()


def test_a_contig_that_the_graph_lacks_is_called_without_haplotypes(demo, store, tmp_path):
    """The same reads under another contig name: one warning, and calls from reads alone."""
    contig = run("samtools", "view", "-H", demo / "reads.bam").stdout.split("SN:")[1].split("\t")[0]
    text = (demo / "ref.fa").read_text().replace(f">{contig}", ">elsewhere")
    (tmp_path / "ref.fa").write_text(text)
    run("samtools", "faidx", tmp_path / "ref.fa")
    header = run("samtools", "view", "-H", demo / "reads.bam").stdout.replace(f"SN:{contig}\t", "SN:elsewhere\t")
    (tmp_path / "h.sam").write_text(header)
    with open(tmp_path / "reads.bam", "wb") as out:
        subprocess.run(["samtools", "reheader", tmp_path / "h.sam", demo / "reads.bam"], stdout=out, check=True)
    run("samtools", "index", tmp_path / "reads.bam")
    done = run("run_pangenome_aware_deepvariant", "--model_type", "WGS", "--ref", tmp_path / "ref.fa", "--reads",
               tmp_path / "reads.bam", "--pangenome", demo / "panel.gbz", "--output_vcf", tmp_path / "o.vcf.gz",
               "--gbz_store_dir", store)
    warnings = [line for line in done.stderr.splitlines() if " warning " in line]
    assert len(warnings) == 1 and "elsewhere" in warnings[0], done.stderr
    assert len(records(tmp_path / "o.vcf.gz").splitlines()) > 20


@pytest.mark.parametrize("flags, name", [(["--model_type", "WGS"], "wgs"), (["--model_type", "WES"], "wes"), (["--customized_model", ROOT / "models/any_species"], "any_species")])
def test_each_shipped_model_calls_with_its_cascade(demo, tmp_path, flags, name):
    run("run_deepvariant", "--model_type", "WGS", *flags, "--ref", demo / "ref.fa", "--reads", demo / "reads.bam", "--output_vcf", tmp_path / "o.vcf.gz")
    header = run("bcftools", "view", "-h", tmp_path / "o.vcf.gz").stdout
    assert re.search(rf"^##haploom_model={name} .*cascade", header, re.MULTILINE)
    assert run("bcftools", "view", "-H", tmp_path / "o.vcf.gz").stdout.count("PASS") > 30
