#!/bin/bash
# CPU-seconds per Mb: haploom beside `bcftools mpileup | bcftools call` on the same reads in one run, as a ratio, with
# haploom's stages beside the budget they grow into. usage: ./run bench call [rounds]
exec python "$(dirname "$0")/call.py" "$@"
