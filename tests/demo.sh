#!/bin/bash
# The demo: make a small genome, its pangenome and a donor's reads; call them; count the errors against the truth.
# Run through `./run demo`, which puts the programs on PATH.
set -euo pipefail
cd "$(dirname "$0")/.."
data=${1:-demo}

printf '== the demo data in %s/: a reference, a panel of haplotypes, a donor outside it, 30x of reads\n' "$data"
python train/make_demo.py --out "$data"  # complete already: does nothing
if [ ! -s "$data/panel.gbz" ] || [ "$data/panel.gfa" -nt "$data/panel.gbz" ]; then
  haploom gbz build "$data/panel.gfa" -o "$data/panel.gbz"
fi

printf '\n== calling\n'
set -x
run_pangenome_aware_deepvariant --model_type WGS --ref "$data/ref.fa" --reads "$data/reads.bam" \
  --pangenome "$data/panel.gbz" --output_vcf "$data/calls.vcf.gz" --num_shards "$(nproc)"
{ set +x; } 2>/dev/null

printf '\n== the first calls\n'
bcftools view -f PASS "$data/calls.vcf.gz" | awk '/^#CHROM/ || !/^#/' | awk 'NR <= 9'

printf '\n== errors against the truth (%s/truth.vcf.gz inside %s/confident.bed)\n' "$data" "$data"
python train/count_errors.py --ref "$data/ref.fa" --truth "$data/truth.vcf.gz" --bed "$data/confident.bed" --calls "$data/calls.vcf.gz"

cat <<'END'

== next
  your genome:   build/bin/run_pangenome_aware_deepvariant --model_type WGS --ref ref.fa --reads in.bam \
                   --pangenome hprc.gbz --output_vcf out.vcf.gz --num_shards 16
  one load for many jobs on a node:
                 build/bin/load_gbz_into_shared_memory --pangenome_gbz hprc.gbz; build/bin/haploom gbz ls
  look inside:   build/bin/haploom gbz paths demo/panel.gbz
                 build/bin/haploom show CHROM:POS --ref demo/ref.fa --reads demo/reads.bam --pangenome demo/panel.gbz
END
