"""Rows of `haploom examples --numbers` on disk, and which of them are allele sets of one candidate: an image is drawn of all of them or of none,
as the caller does it."""
import numpy as np

NETWORK = ('network_0', 'network_1', 'network_2')


def read_numbers(prefix):
    """-> names, rows"""
    with open(prefix + '.numbers.txt') as f:
        names = f.read().split()
    return names, np.fromfile(prefix + '.numbers.f32', np.float32).reshape(-1, len(names))


def without_network(x, names, where):
    """A copy whose network's answers are missing in some rows."""
    out = x.copy()
    for name in NETWORK:
        out[where, names.index(name)] = np.nan
    return out


def candidates_of(prefix):
    """For each line of sites the number of its candidate: a candidate's allele sets follow one another."""
    with open(prefix + '.sites.tsv') as f:
        keys = [tuple(line.split('\t', 5)[:5]) for line in f][1:]
    return np.cumsum([i > 0 and key != keys[i - 1] for i, key in enumerate(keys)]).astype(int)


def true_of_all(rows, candidate):
    """Those rows that are true for all rows of their candidate."""
    if not len(rows):
        return rows
    some_false = np.zeros(candidate.max() + 1, bool)
    some_false[candidate[~rows]] = True
    return ~some_false[candidate]
