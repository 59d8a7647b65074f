#!/bin/bash
# Errors against truth on real windows and simulated sets, haploom with and without its pangenome, bcftools beside it.
# Needs the shared data and its judge (compare_calls.py; aardvark on PATH or in $AARDVARK). usage: ./run bench accuracy
exec python "$(dirname "$0")/accuracy.py" "$@"
