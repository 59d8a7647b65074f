#!/bin/bash
# CPU-seconds and memory of postprocess_variants for 1 M call outputs, and with 10 M reference records to a gVCF; at one and two
# threads, and with sorting on disk. Its bytes must not depend on either. usage: ./run bench postprocess [OUTPUTS] [RECORDS]
set -euo pipefail
cd "$(dirname "$0")/.."
outputs=${1:-1000000} records=${2:-10000000}
data=build/bench/postprocess_${outputs}_$records
if [ ! -e "$data/made" ]; then
  rm -rf "$data"
  mkdir -p "$data"
  build/bench/make_call_outputs "$outputs" "$records" 8 "$data/in"
  touch "$data/made"
fi

measure() { # NAME FLAG...
  postprocess_variants --ref "$data/in.fa" --infile "$data/in.cvo.tfrecord.gz" --outfile "$data/$1.vcf.gz" "${@:2}" 2>"$data/$1.log"
  printf '%-24s %s\n' "$1" "$(sed -n 's/.*\(wall .*\)/\1/p' "$data/$1.log")"
}
body() { zcat "$1" | grep -v '^##haploom_command' | sha256sum; }

printf '%s call outputs, %s reference records\n' "$outputs" "$records"
measure vcf --cpus 1
measure vcf_2_threads --cpus 2
measure vcf_64_MB --cpus 1 --max_memory 64MB
gvcf=(--nonvariant_site_tfrecord_path "$data/in.gvcf.tfrecord.gz")
measure gvcf --cpus 1 "${gvcf[@]}" --gvcf_outfile "$data/gvcf.g.vcf.gz"
measure gvcf_2_threads --cpus 2 "${gvcf[@]}" --gvcf_outfile "$data/gvcf_2_threads.g.vcf.gz"
for pair in vcf:vcf_2_threads vcf:vcf_64_MB vcf:gvcf gvcf.g:gvcf_2_threads.g; do
  [ "$(body "$data/${pair%:*}.vcf.gz")" = "$(body "$data/${pair#*:}.vcf.gz")" ] || { echo "differ: $pair" >&2; exit 1; }
done
echo "the same bytes at one and two threads, in memory and on disk"
