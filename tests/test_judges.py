"""What other programs say of our VCF and gVCF: bcftools, GATK, and what GLnexus' DeepVariant preset reads of a gVCF."""
import os
import pathlib
import shutil
import subprocess

import pytest
import vcf_check

from programs import ROOT, call_words, run


@pytest.fixture(scope="module")
def called(demo, tmp_path_factory):
    """Two samples' VCF and gVCF: the donor, and as another one half of its reads."""
    place = tmp_path_factory.mktemp("judged")
    (place / "store").mkdir()
    run("samtools", "view", "-b", "-s", "7.5", "-o", place / "half.bam", demo / "reads.bam")
    run("samtools", "index", place / "half.bam")
    for name, reads in (("one", demo / "reads.bam"), ("two", place / "half.bam")):
        words = call_words(demo, place / "store", place / f"{name}.vcf.gz", "--output_gvcf", place / f"{name}.g.vcf.gz", "--sample_name_reads", name)
        words[words.index(demo / "reads.bam")] = reads
        run(*words)
    return place


@pytest.mark.parametrize("name", ["one.vcf.gz", "one.g.vcf.gz", "two.vcf.gz", "two.g.vcf.gz"])
def test_every_record_agrees_with_itself(called, name):
    number, wrong = vcf_check.check(called / name)
    assert number > 20 and wrong == [], wrong[:5]


@pytest.mark.parametrize("name", ["one.vcf.gz", "one.g.vcf.gz"])
def test_bcftools_finds_each_ref_in_the_reference(demo, called, name):
    checked = run("bcftools", "norm", "--check-ref", "e", "-f", demo / "ref.fa", "-Ou", "-o", os.devnull, called / name)
    assert "REF/ALT total/modified/added:" in checked.stderr or "Lines" in checked.stderr
    assert run("bcftools", "stats", called / name).stdout.count("\nSN\t") > 5


def alleles_of(line, sample):
    """The genotype of a column, as sorted bases; None where it is unknown."""
    alleles = [line[3], *line[4].split(",")]
    calls = line[9 + sample].split(":")[0].replace("|", "/").split("/")
    return None if "." in calls else tuple(sorted(alleles[int(c)] for c in calls))


def passing(path):
    """(POS, REF) -> genotype, of sites that PASS."""
    lines = [line.split("\t") for line in run("bcftools", "view", "-H", "-f", "PASS", path).stdout.splitlines()]
    return {(line[1], line[3]): alleles_of(line, 0) for line in lines}


def test_bcftools_merges_two_gvcfs_and_keeps_both_genotypes(demo, called):
    run("bcftools", "merge", "-g", demo / "ref.fa", "-Oz", "-o", called / "both.vcf.gz", called / "one.g.vcf.gz", called / "two.g.vcf.gz")
    header, *_ = [line for line in run("bcftools", "view", "-h", called / "both.vcf.gz").stdout.splitlines() if line.startswith("#CHROM")]
    assert header.split("\t")[9:] == ["one", "two"]
    merged = {}
    for line in (line.split("\t") for line in run("bcftools", "view", "-H", called / "both.vcf.gz").stdout.splitlines()):
        merged.setdefault(line[1], []).append(line)
    for sample, name in enumerate(("one", "two")):
        wanted = passing(called / f"{name}.vcf.gz")
        assert len(wanted) > 20
        for (pos, ref), genotype in wanted.items():
            # Merging may make the reference allele longer: bases that follow are common to all.
            found = [tuple(a.removesuffix(line[3][len(ref):]) if line[3] != ref else a for a in alleles_of(line, sample) or ())
                     for line in merged[pos] if line[3].startswith(ref)]
            assert genotype in [tuple(sorted(f)) for f in found], (name, pos, ref, genotype, found)


def test_the_gvcf_has_what_glnexus_preset_for_deepvariant_reads(called):
    """Of its configuration "DeepVariant": DP from MIN_DP and DP, AD per allele, GQ, PL per genotype; <*> is the allele of no read."""
    header = run("bcftools", "view", "-h", called / "one.g.vcf.gz").stdout
    for field, number in (("DP", "1"), ("MIN_DP", "1"), ("AD", "R"), ("GQ", "1"), ("PL", "G")):
        assert f"##FORMAT=<ID={field},Number={number},Type=Integer" in header, field
    assert "##INFO=<ID=END,Number=1,Type=Integer" in header
    blocks = calls = 0
    for line in (line.split("\t") for line in run("bcftools", "view", "-H", called / "one.g.vcf.gz").stdout.splitlines()):
        fields = dict(zip(line[8].split(":"), line[9].split(":"), strict=True))
        alts = line[4].split(",")
        assert alts[-1] == "<*>" and "GT" in fields and int(fields["GQ"]) >= 0
        assert len(fields["PL"].split(",")) == (len(alts) + 1) * (len(alts) + 2) // 2
        if alts == ["<*>"]:
            assert int(fields["MIN_DP"]) >= 0 and line[7].startswith("END=")
            blocks += 1
        else:
            depths = [int(d) for d in fields["AD"].split(",")]
            assert len(depths) == len(alts) + 1 and depths[-1] == 0 and int(fields["DP"]) >= sum(depths) and 0 <= float(line[5])
            calls += 1
    assert blocks > 100 and calls > 20


# ---- GATK, a download of 420 MB: ./run setup-judges

@pytest.fixture(scope="module")
def gatk(demo):
    jars = pathlib.Path(os.environ.get("HAPLOOM_GATK", ROOT / "build/judges/gatk"))
    if not list(jars.glob("gatk-4*.jar")) or shutil.which("java") is None:
        pytest.skip("no GATK here (./run setup-judges)")
    if not (demo / "ref.dict").exists():
        run("samtools", "dict", demo / "ref.fa", "-o", demo / "ref.dict")
    return ["java", "-cp", f"{jars}/*", "org.broadinstitute.hellbender.Main"]


def validated(gatk, demo, vcf):
    return subprocess.run([*gatk, "ValidateVariants", "-V", str(vcf), "-R", str(demo / "ref.fa"), "--verbosity", "ERROR",
                           # As DeepVariant does, we write sites whose alt no sample has.
                           "--validation-type-to-exclude", "ALLELES"], capture_output=True, text=True)


@pytest.mark.parametrize("name", ["one.vcf.gz", "one.g.vcf.gz"])
def test_gatk_finds_nothing_wrong(gatk, demo, called, name):
    done = validated(gatk, demo, called / name)
    assert done.returncode == 0, done.stderr[-2000:]


def test_gatk_would_find_a_wrong_ref(gatk, demo, called, tmp_path):
    lines = run("bcftools", "view", called / "one.vcf.gz").stdout.splitlines(keepends=True)
    at = next(i for i, line in enumerate(lines) if not line.startswith("#") and len(line.split("\t")[3]) == 1)
    fields = lines[at].split("\t")
    fields[3] = "ACGT"[("ACGT".index(fields[3]) + 1) % 4]
    lines[at] = "\t".join(fields)
    (tmp_path / "wrong.vcf").write_text("".join(lines))
    run("bcftools", "view", "-Oz", "-o", tmp_path / "wrong.vcf.gz", tmp_path / "wrong.vcf")
    run("tabix", tmp_path / "wrong.vcf.gz")
    assert validated(gatk, demo, tmp_path / "wrong.vcf.gz").returncode != 0
