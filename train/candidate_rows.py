"""Which rows of PREFIX.sites.tsv are allele sets of one candidate: an image is drawn of all of them or of none, as the caller does it."""
import numpy as np


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
