"""FASTA and SAM of `haploom gbz haplotypes`, as samtools reads them."""
import re
import shutil

import pytest

from programs import ROOT, run

pytestmark = pytest.mark.skipif(shutil.which("samtools") is None, reason="needs samtools")


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """tsv rows by name, and the files that hold the same as fasta and sam."""
    folder = tmp_path_factory.mktemp("haplotypes with\ta tab")
    run("haploom", "gbz", "build", ROOT / "tests/data/small.gfa", "-o", folder / "small.gbz")
    for form in ("tsv", "fasta", "sam"):
        (folder / form).write_text(run("haploom", "gbz", "haplotypes", folder / "small.gbz", "chr20:41-80", "--format", form).stdout)
    lines = (folder / "tsv").read_text().splitlines()
    rows = [dict(zip(lines[0].lstrip("#").split("\t"), line.split("\t"))) for line in lines[1:]]
    return folder, {row["name"]: row for row in rows}


def test_sam_is_read_by_samtools_and_says_what_the_table_says(printed):
    folder, rows = printed
    run("samtools", "view", "-b", "-o", folder / "bam", folder / "sam")
    run("samtools", "quickcheck", folder / "bam")
    run("samtools", "index", folder / "bam")
    reads = [line.split("\t") for line in run("samtools", "view", folder / "bam").stdout.splitlines()]
    assert {read[0] for read in reads} == rows.keys() - {"reference"} and len(reads) >= 2
    for name, flag, contig, position, quality, cigar, mate, _, _, bases, qualities, *tags in reads:
        row = rows[name]
        assert (flag, quality, mate, qualities) == ("0", "90", "*", "?" * len(bases))
        assert (contig, position, cigar, bases) == (row["contig"], row["position"], row["cigar"], row["bases"])
        assert sum(int(n) for n, letter in re.findall(r"(\d+)([MIS=X])", cigar)) == len(bases)
        assert tags == [f"pn:Z:{row['path']}:{row['first']}-{row['last']}({row['strand']})"]


def test_fasta_is_read_by_samtools_and_says_what_the_table_says(printed):
    folder, rows = printed
    run("samtools", "faidx", folder / "fasta")
    for name, row in rows.items():
        assert run("samtools", "faidx", folder / "fasta", name).stdout.partition("\n")[2].replace("\n", "") == row["bases"]
