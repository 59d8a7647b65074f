"""Where a partition is assembled anew.

Source: realigner/window_selector.py, window_selector.cc (VARIANT_READS model).
"""
from .alleles import Counter, DELETION, SUBSTITUTION

BEYOND = 20  # ws_region_expansion_in_bp
MIN_MAPQ, MIN_BASE_QUALITY = 20, 20
LEAST, MOST = 2, 300  # ws_min_num_supporting_reads, ws_max_num_supporting_reads
DISTANCE = 80  # ws_min_windows_distance


def stretch(at, bases, kind):
    """The places that an allele at `at` speaks for."""
    length = len(bases)
    if kind == SUBSTITUTION:
        return range(at, at + 1)
    if kind == DELETION:
        return range(at + 1, at + length)
    return range(at + 2 - length, at + length)


def supported(counter):
    """How many reads speak for a difference at each position of the counter."""
    sums = [0] * len(counter.positions)
    for at, position in enumerate(counter.positions):
        for (bases, kind), count in position.sums():
            if count >= LEAST:
                for place in stretch(at, bases, kind):
                    if 0 <= place < len(sums):
                        sums[place] += count
    return sums


def select(reads, reference, start, end, legacy):
    """[(start, end)], in order; they may hang over the contig's ends."""
    if not reads:
        return []
    counter = Counter(reference, max(0, start - BEYOND), min(reference.length, end + BEYOND), MIN_MAPQ, MIN_BASE_QUALITY, legacy)
    for read in reads:
        counter.add(read)
    windows = []
    for at, count in enumerate(supported(counter), counter.start):
        if not LEAST <= count <= MOST:
            continue
        if windows and at <= windows[-1][1] + 2 * DISTANCE:
            windows[-1][1] = at
        else:
            windows.append([at, at])
    return [(first - DISTANCE, last + DISTANCE) for first, last in windows]
