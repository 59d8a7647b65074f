#!/bin/bash
# Errors against truth on real windows, easy simulations and a hard suite: haploom with its panel, without, with others; bcftools,
# freebayes and GATK beside it. Needs the shared data and its judge (compare_calls.py; aardvark on PATH or in $AARDVARK).
# usage: ./run bench accuracy [--help]
root=$(dirname "$(dirname "$(readlink -f "$0")")")
PYTHONPATH=$root${PYTHONPATH:+:$PYTHONPATH} exec python -m bench.accuracy "$@"
