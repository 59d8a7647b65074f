"""Long segments in which both haplotypes of the donor are one, as in offspring of relatives and in bred lines."""
import numpy as np

SEGMENT = 80_000  # bases, about


def segments(length, share, rng):
    """[(start, end)] offsets, apart and in order, that cover `share` of the length."""
    if share <= 0:
        return []
    n = max(1, int(round(share * length / SEGMENT)))
    inside = rng.dirichlet(np.ones(n)) * share * length
    outside = rng.dirichlet(np.ones(n + 1)) * (1 - share) * length
    edges = np.round(np.cumsum(np.stack([outside[:n], inside], 1).ravel())).astype(int)
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def make_same(records, genotypes, start, within):
    """The donor's genotypes with the first haplotype on both sides inside the segments; `start`: position of offset 0."""
    out = []
    for (pos, _, _), row in zip(records, genotypes):
        same = any(a <= pos - start < b for a, b in within)
        out.append([(pair[0], pair[0]) for pair in row] if same else row)
    return out
