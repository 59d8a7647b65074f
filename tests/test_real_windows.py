"""Real reads, real truth, real graphs, and simulated sets of other donors.

What training has seen of them: no variant of these windows and no read as such. The error statistics of the simulator were
learnt from reads of the two real windows (train/simulate/learn.py), and HG001 = NA12878 and HG002 are training donors in other
regions (train/sets.json).

Skipped where the shared data is not beside the checkout. The judge here is the project's own train/count_errors.py;
`./run bench accuracy` asks an independent one.
"""
import json
import sys

import pytest

from programs import ROOT, records, run


def errors(tmp_path, ref, truth, bed, calls, region):
    run(sys.executable, ROOT / "train/count_errors.py", "--ref", ref, "--truth", truth, "--bed", bed, "--calls", calls,
        "--region", region, "--json", tmp_path / "errors.json")
    return json.loads((tmp_path / "errors.json").read_text())


def call(store, out, ref, reads, region, *more):
    return run("haploom", "call", "--ref", ref, "--reads", reads, "--regions", region, "--gbz_store_dir", store, "--output_vcf",
               out, *more)


def windows(report):
    """Windows with candidates, and those of them for which the graph had haplotypes."""
    counts = json.loads(report.read_text())
    return counts["windows_with_candidates"], counts["windows_with_haplotypes"]


def test_hg002_window(shared_data, store, tmp_path):
    real, region = shared_data / "real", "20:10000001-10100000"
    ref = real / "ref/hs37d5.chr20.fa.gz"
    call(store, tmp_path / "o.vcf.gz", ref, real / "reads/HG002_NIST_150bp_downsampled_30x.chr20.10_10p1mb.bam", region,
         "--pangenome", real / "pangenome/for_HG002_window.NA12878haps.GRCh37_20.gbz", "--report", tmp_path / "r.json")
    with_candidates, with_haplotypes = windows(tmp_path / "r.json")
    assert with_haplotypes == with_candidates > 20, "the fragment of the graph that holds the window was not found"
    counts = errors(tmp_path, ref, real / "truth/HG002_v4.2.1.lifted_hg19_20_9.995-10.12Mb.vcf.gz",
                    real / "truth/HG002_v4.2.1.lifted_hg19_20_9.995-10.12Mb.bed", tmp_path / "o.vcf.gz", region)
    assert counts["SNP"]["F1"] >= 0.98 and counts["INDEL"]["F1"] >= 0.90, counts


def test_na12878_window(shared_data, store, tmp_path):
    real, region = shared_data / "real", "chr20:10000001-10100000"
    ref = real / "ref/ucsc.hg19.chr20.unittest.fasta.gz"
    call(store, tmp_path / "o.vcf.gz", ref, real / "reads/NA12878_S1.chr20.10_10p1mb.cram", region,
         "--pangenome", real / "pangenome/for_NA12878_window.HG002haps.GRCh37_chr20.gbz")
    counts = errors(tmp_path, ref, real / "truth/HG001_v3.3.2.hg19_chr20_9.995-10.11Mb.vcf.gz",
                    real / "truth/HG002_v4.2.1.lifted_hg19_chr20_9.995-10.12Mb.bed", tmp_path / "o.vcf.gz", region)
    assert counts["SNP"]["recall"] >= 0.97 and counts["INDEL"]["recall"] >= 0.88, counts


@pytest.mark.parametrize("name", ["msprime_grch38_200kb", "real1kg_NA12878_grch37_200kb"])
def test_simulated_sets(shared_data, store, tmp_path, name):
    d = shared_data / "sim_demo" / name
    contig, length = (d / "ref.fa.fai").read_text().split("\t")[:2]
    region = f"{contig}:1-{length}"
    call(store, tmp_path / "o.vcf.gz", d / "ref.fa", d / "reads.cram", region, "--pangenome", d / "panel.gbz")
    counts = errors(tmp_path, d / "ref.fa", d / "truth.vcf.gz", d / "confident.bed", tmp_path / "o.vcf.gz", region)
    assert counts["SNP"]["F1"] >= 0.985 and counts["INDEL"]["F1"] >= 0.93, counts


def test_the_hprc_cut_out_runs_through_on_both_regions(shared_data, store, tmp_path):
    """Real HPRC graph, two references, fragments; no truth, so: calls on both contigs, and the graph was found for both."""
    d = shared_data / "real/hprc_micb_kir3dl1"
    run("run_pangenome_aware_deepvariant", "--model_type", "WGS", "--ref", d / "GRCh38_chr6_chr19_masked.fa.gz", "--reads",
        d / "HG003.bwa.bam", "--pangenome", d / "micb-kir3dl1.maxnode1024.gbz", "--output_vcf", tmp_path / "o.vcf.gz",
        "--gbz_store_dir", store, "--num_shards", "2", "--report", tmp_path / "r.json", timeout=900)
    assert windows(tmp_path / "r.json")[1] > 0
    contigs = {line.split("\t")[0] for line in records(tmp_path / "o.vcf.gz").splitlines()}
    assert contigs == {"chr6", "chr19"}
    assert list(store.iterdir()) == []


def test_the_bam_and_the_cram_of_one_sample_give_the_same_calls(shared_data, store, tmp_path):
    real, region = shared_data / "real", "chr20:10000001-10020000"
    for suffix in ("bam", "cram"):
        call(store, tmp_path / f"{suffix}.vcf.gz", real / "ref/ucsc.hg19.chr20.unittest.fasta.gz",
             real / f"reads/NA12878_S1.chr20.10_10p1mb.{suffix}", region)
    assert records(tmp_path / "bam.vcf.gz") == records(tmp_path / "cram.vcf.gz") != ""


@pytest.mark.parametrize("name", ["HG002", "NA12878"])
def test_files_between_the_steps_change_nothing(shared_data, store, tmp_path, name):
    """VCF and gVCF of the real windows: in one piece on one and two threads, in steps with one shard and three."""
    real = shared_data / "real"
    ref, reads, graph, region = {
        "HG002": (real / "ref/hs37d5.chr20.fa.gz", real / "reads/HG002_NIST_150bp_downsampled_30x.chr20.10_10p1mb.bam",
                  real / "pangenome/for_HG002_window.NA12878haps.GRCh37_20.gbz", "20:10000001-10060000"),
        "NA12878": (real / "ref/ucsc.hg19.chr20.unittest.fasta.gz", real / "reads/NA12878_S1.chr20.10_10p1mb.cram",
                    real / "pangenome/for_NA12878_window.HG002haps.GRCh37_chr20.gbz", "chr20:10000001-10030000")}[name]
    results = []
    for i, more in enumerate(([], ["--num_shards", 2], ["--intermediate_results_dir", tmp_path / "a"],
                              ["--intermediate_results_dir", tmp_path / "b", "--num_shards", 3])):
        call(store, tmp_path / f"{i}.vcf.gz", ref, reads, region, "--pangenome", graph, "--output_gvcf", tmp_path / f"{i}.g.vcf.gz", "--nocascade", *more)
        results.append([records(tmp_path / f"{i}.{kind}.gz") for kind in ("vcf", "g.vcf")])
    assert results[0][0].count("\n") > 60 and results[0][1].count("\n") > 300
    assert results[1:] == results[:1] * 3
