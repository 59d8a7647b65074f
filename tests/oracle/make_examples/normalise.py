"""Indels of a read moved to the left: --normalize_reads.

Source: allelecounter.cc (NormalizeCigar and what it calls), make_examples_core.py (what is written back to the read).
"""

ROUNDS = 10
MATCH = "M=X"


def merge_two(first, second):
    """Two neighbours as the upstream merges them, or None if they stay apart."""
    if first[0] == second[0] or (first[0] in MATCH and second[0] in MATCH):
        return (first[0], first[1] + second[1]), (second[0], 0)
    if first[0] in "ID" and second[0] in "ID":
        shorter, longer = sorted((first[1], second[1]))
        kind = first[0] if first[1] > second[1] else second[0]
        return ("M", shorter), (kind, longer - shorter)
    return None


def swept(cigar):
    """Without empty operations, neighbours merged; and whether that changed anything."""
    changed, again = False, True
    while again:
        again = False
        full = [op for op in cigar if op[1]]
        changed |= len(full) < len(cigar)
        cigar = full
        for i in range(len(cigar) - 1):
            merged = merge_two(cigar[i], cigar[i + 1])
            if merged:
                cigar[i:i + 2] = merged
                changed = again = True
                break
    return cigar, changed


def heading_indel(cigar, i):
    """An indel at the front: a deletion goes, an insertion is laid on the reference. How far the read's start moves."""
    letter, length = cigar[i]
    if letter == "D":
        del cigar[i]
        return length
    if letter == "I":
        cigar[i] = ("M", length)
        return -length
    return 0


def move_left(cigar, i, by):
    if i == 0 or (i == 1 and cigar[0][0] == "S"):
        return heading_indel(cigar, i)
    before = cigar[i - 1]
    if before[0] not in MATCH:
        return 0
    cigar[i - 1] = (before[0], before[1] - by)
    if i + 1 == len(cigar):
        cigar.append(("M", by))
    else:
        cigar[i + 1] = (cigar[i + 1][0], cigar[i + 1][1] + by)
    return 0


def may_move(letter, length, bases, offset, reference, at):
    """reference: bases of the span that all reads of the partition cover; at: the place in it."""
    if letter == "D":
        last = at + length - 1
        return offset > 0 and 0 <= last < len(reference) and bases[offset - 1] == reference[last]
    return at > 0 and offset + length - 1 < len(bases) and bases[offset + length - 1] == reference[at - 1]


def one_round(bases, cigar, at, reference):
    """Moves the first indel that can move. Whether one did, and how the read's start moves by it."""
    offset, before = 0, cigar[0][1]
    for i, (letter, length) in enumerate(cigar):
        if letter in "ID":
            by = 0
            while before > 0 and may_move(letter, length, bases, offset, reference, at):
                at, before, offset, by = at - 1, before - 1, offset - 1, by + 1
            if by:
                return True, move_left(cigar, i, by)
        before = length
        if letter in "MIS=X":
            offset += length
        if letter in "MDNP=X":
            at += length
    return False, 0


def normalised(bases, cigar, start, reference, reference_start):
    """(cigar, shift of the start, whether the read itself is to be rewritten)."""
    cigar, shift, rewrite = list(cigar), 0, False
    if not cigar:
        return cigar, 0, False
    for _ in range(ROUNDS):
        moved, by = one_round(bases, cigar, start - reference_start + shift, reference)
        shift += by
        cigar, merged = swept(cigar)
        rewrite |= moved or merged
        if not (moved or merged):
            break
    shift += heading_indel(cigar, 0)
    return cigar, shift, rewrite
