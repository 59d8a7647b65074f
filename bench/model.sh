#!/bin/bash
# What networks cost: seconds to load, CPU per 1000 examples at one and two threads, memory; of the shipped network, and of
# every model folder in $HAPLOOM_SAVEDMODELS beside TensorFlow's own, where $HAPLOOM_TENSORFLOW is a Python that has it
# (tests/oracle/savedmodel/README.md). usage: ./run bench model [IMAGES] [ROUNDS]
exec python "$(dirname "$0")/model.py" "$@"
