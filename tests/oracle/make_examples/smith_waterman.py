"""Local alignment with the tie-breaks of libssw 1.2.5.

The score and the four ends: the first target base (from the left) at which the best score is reached, there the first query
base; then the same from the right, over what lies before that end. Between the ends a banded alignment whose border cells
are as the library leaves them: a cell at the band's right border counts as 0 in the next row.

Source: mengyao/Complete-Striped-Smith-Waterman-Library v1.2.5 (the library that DeepVariant 1.9 pins), ssw.c, ssw_cpp.cpp
"""
import dataclasses
import functools
import itertools

import numpy

MATCH, MISMATCH, OPEN, EXTEND = 4, 6, 8, 2  # aln_match, aln_mismatch, aln_gap_open, aln_gap_extend
CODE = {"A": 0, "C": 1, "G": 2, "T": 3}


@dataclasses.dataclass(frozen=True)
class Alignment:
    score: int
    target_start: int
    cigar: tuple  # letters S, =, X, I, D


def codes(bases):
    return numpy.array([CODE.get(base, 4) for base in bases], dtype=numpy.int32)


def best_end(query, target):
    """(score, place in target, place in query): of the best cells the first in the target, there the first in the query."""
    n = len(target)
    ramp = EXTEND * numpy.arange(n, dtype=numpy.int32)
    gains = [numpy.where((target == code) & (target < 4), MATCH, -MISMATCH) for code in range(4)] + [numpy.full(n, -MISMATCH)]
    above, insertion = numpy.zeros(n, dtype=numpy.int32), numpy.zeros(n, dtype=numpy.int32)
    top, where = numpy.zeros(n, dtype=numpy.int32), numpy.zeros(n, dtype=numpy.int32)  # of each place in the target
    for i, code in enumerate(query):
        row = gains[code].copy()
        row[1:] += above[:-1]
        row = numpy.maximum(numpy.maximum(row, insertion), 0)
        opened = numpy.maximum.accumulate(row + ramp)
        row[1:] = numpy.maximum(row[1:], opened[:-1] - OPEN - ramp[:-1])
        insertion = numpy.maximum(insertion - EXTEND, row - OPEN)
        above = row
        where[row > top] = i
        top = numpy.maximum(top, row)
    at = int(top.argmax())
    return int(top[at]), at, int(where[at])


FROM_DIAGONAL, ON_INSERTION, OPEN_INSERTION, ON_DELETION, OPEN_DELETION = 1, 2, 3, 4, 5


def fill_band(query, target, band):
    """The best score within the band, and for each row where every cell of the three tables came from."""
    width = 2 * band + 3
    above, insertion, row = [0] * width, [0] * width, [0] * width
    best, came = 0, []
    for i, letter in enumerate(query):
        shift, shift_above = max(i - band, 0), max(i - 1 - band, 0)
        first, last = max(0, i - band), min(len(target) - 1, i + band)
        edge = min(last + 1, width - 1)
        above[0] = insertion[0] = above[edge] = insertion[edge] = row[0] = deletion = 0
        lines = ([], [], [])
        place = 0
        for j in range(first, last + 1):
            place, up = j - shift + 1, j - shift_above + 1
            opened = -OPEN if i == 0 else above[up] - OPEN
            longer = -EXTEND if i == 0 else insertion[up] - EXTEND
            insertion[place] = max(opened, longer)
            lines[0].append(OPEN_INSERTION if opened > longer else ON_INSERTION)
            opened, longer = row[place - 1] - OPEN, deletion - EXTEND
            deletion = max(opened, longer)
            lines[1].append(OPEN_DELETION if opened > longer else ON_DELETION)
            gap, other = max(insertion[place], 0), max(deletion, 0)
            matched = above[up - 1] + (MATCH if letter == target[j] < 4 else -MISMATCH)
            row[place] = max(gap, other, matched)
            best = max(best, row[place])
            lines[2].append(FROM_DIAGONAL if max(gap, other) <= matched else lines[0][-1] if gap > other else lines[1][-1])
        above[1:place + 1] = row[1:place + 1]
        came.append((shift, lines))
    return best, came


def banded_path(query, target, score):
    """Letters M, I, D of the alignment of the two from end to end, as the library walks back; None where it gets lost."""
    band, longest = abs(len(target) - len(query)) + 1, max(len(query), len(target))
    best = 0
    while True:
        reached, came = fill_band(query, target, band)
        best = max(best, reached)
        if best >= score or 2 * band > longest:
            break
        band *= 2
    i, j, table, letters = len(query) - 1, len(target) - 1, 2, []
    while i >= 0 and j > 0:
        shift, lines = came[i]
        if not 0 <= j - shift < len(lines[table]):
            return None
        step = lines[table][j - shift]
        if step == FROM_DIAGONAL:
            i, j, table = i - 1, j - 1, 2
            letters.append("M")
        elif step in (ON_INSERTION, OPEN_INSERTION):
            i, table = i - 1, 0 if step == ON_INSERTION else 2
            letters.append("I")
        else:
            j, table = j - 1, 1 if step == ON_DELETION else 2
            letters.append("D")
    return ["M"] + letters[::-1]


@functools.lru_cache(maxsize=4096)
def align(query, target):
    """The best local alignment, or None if there is none."""
    q, t = codes(query), codes(target)
    score, target_end, query_end = best_end(q, t)
    if score == 0:
        return None
    reverse_score, back, back_query = best_end(q[:query_end + 1][::-1], t[:target_end + 1][::-1])
    assert reverse_score == score
    target_start, query_start = target_end - back, query_end - back_query
    path = banded_path(list(map(int, q[query_start:query_end + 1])), list(map(int, t[target_start:target_end + 1])), score)
    if path is None:
        return None
    letters, i, j = [], query_start, target_start
    for letter in path:
        letters.append(("=" if q[i] == t[j] else "X") if letter == "M" else letter)
        i, j = i + (letter != "D"), j + (letter != "I")
    letters = ["S"] * query_start + letters + ["S"] * (len(query) - query_end - 1)
    return Alignment(score, target_start, tuple((letter, len(list(run))) for letter, run in itertools.groupby(letters)))
