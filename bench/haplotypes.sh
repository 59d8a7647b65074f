#!/bin/bash
# The pangenome image: its size, its conversion, and the haplotypes of windows a CPU-second. Real graphs of the shared data,
# the demo's panel where there is none. usage: ./run bench haplotypes [FILE.gbz...]
set -euo pipefail
here=$(dirname "$0")
data=${HAPLOOM_SHARED:-$here/../../shared}/data
graphs=("$@")
if [ ${#graphs[@]} -eq 0 ]; then
  for graph in "$data"/{real/hprc_micb_kir3dl1/micb-kir3dl1.maxnode1024,sim_demo/msprime_grch38_200kb/panel,real/pangenome/1kg_eur44.GRCh38.chr20_1-4Mb,real/pangenome/1kg_eur300.GRCh37.chr20_1-2Mb}.gbz \
    "$here/../demo/panel.gbz"; do
    if [ -s "$graph" ]; then graphs+=("$graph"); fi
  done
fi
if [ ${#graphs[@]} -eq 0 ]; then
  echo "no graph: give a GBZ, or make the demo's (./run demo)" >&2
  exit 2
fi
"$here/../build/bench/haplotypes_bench" "${graphs[@]}" | column -t -s $'\t'
