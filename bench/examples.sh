#!/bin/bash
# CPU-seconds per Mb of everything before the network: decode, realignment, counts, haplotypes, images, beside the budget
# of each, on a real 50x window and on a simulation of 2 Mb at 30x with 88 haplotypes. usage: ./run bench examples [rounds]
exec python "$(dirname "$0")/examples.py" "$@"
