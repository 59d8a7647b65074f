"""`haploom show pileup`: the network's image as letters."""
from programs import records, run


def test_a_called_snp_shows_its_haplotypes_its_reads_and_who_supports_it(demo, store, tmp_path):
    words = ["--ref", demo / "ref.fa", "--reads", demo / "reads.bam", "--pangenome", demo / "panel.gbz", "--gbz_store_dir", store]
    run("haploom", "call", *words, "--output_vcf", tmp_path / "o.vcf.gz")
    contig, position, _, ref, alt = next(line.split("\t")[:5] for line in records(tmp_path / "o.vcf.gz").splitlines()
                                         if "PASS" in line and "0/1" in line and len(line.split("\t")[4]) == 1)
    shown = run("haploom", "show", "pileup", *words, "--at", f"{contig}:{position}").stdout.splitlines()
    assert f"{ref} > {alt}" in shown[0]
    block = shown[shown.index("reads") + 1:]
    middle = 2 + (len(block[0]) - 2) // 2
    assert block[0][middle] == ref
    supporting = [row for row in block[1:] if row.startswith(">")]
    assert len(supporting) >= 5 and sum(row[middle:middle + 1] == alt for row in supporting) >= 0.9 * len(supporting)


def test_a_place_without_a_candidate_says_so(demo, store):
    contig = (demo / "ref.fa.fai").read_text().split("\t")[0]
    done = run("haploom", "show", "pileup", "--ref", demo / "ref.fa", "--reads", demo / "reads.bam", "--pangenome",
               demo / "panel.gbz", "--gbz_store_dir", store, "--at", f"{contig}:1")
    assert "no candidate" in done.stdout
