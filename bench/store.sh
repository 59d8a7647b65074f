#!/bin/bash
# The pangenome store: attach, load from an index beside cp, conversion beside the Rust crate gbz, haplotype windows a
# CPU-second, memory of the conversion and of eight jobs. The graph is made by bench/make_panel.py, once, in build/bench/store.
# usage: ./run bench store [BASES HAPLOTYPES]     (20000000 90 unless given)
exec python "$(dirname "$0")/store.py" "$@"
