"""Errors of haploom and of its peers on real windows, on easy simulations and on the hard suite of bench/hard_sets.json."""
