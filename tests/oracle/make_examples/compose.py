"""The alignment of a read to the reference out of read to haplotype and haplotype to reference, base by base.

Source: realigner/fast_pass_aligner.cc (CalculateReadToRefAlignment, MergeCigarOp, IsAlignmentNormalized, SetPositionsMap)
"""

STRENGTH = "SDIM"  # of two operations on one base, the first of these is kept


def as_match(cigar):
    return [("M" if letter in "=X" else letter, length) for letter, length in cigar]


def shifts(cigar, length):
    """For each base of a haplotype, what is to be added to its place to get the reference place from the alignment's start."""
    out, shift = [], 0
    for letter, count in cigar:
        if letter == "D":
            shift += count
        elif letter == "I":
            out += [shift - i for i in range(count)]
            shift -= count
        else:
            shift -= count if letter == "S" else 0
            out += [shift] * count
    return out + [0] * (length - len(out))


def bases_in(cigar):
    return sum(length for letter, length in cigar if letter != "D")


def push(cigar, letter, length, read_length):
    """Adds an operation; a base deleted beside a base inserted becomes a match before them."""
    held = bases_in(cigar)
    if letter != "D":
        length = min(length, read_length - held)
    if length <= 0 or held == read_length:
        return
    last = cigar[-1][0] if cigar else ""
    if last + letter in ("ID", "DI"):
        if len(cigar) > 1 and cigar[-2][0] == "M":
            cigar[-2] = ("M", cigar[-2][1] + 1)
        else:
            cigar.insert(len(cigar) - 1, ("M", 1))
        if cigar[-1][1] == 1:
            cigar.pop()
        else:
            cigar[-1] = (last, cigar[-1][1] - 1)
    elif letter == last:
        cigar[-1] = (last, cigar[-1][1] + length)
    else:
        cigar.append((letter, length))


def from_place(cigar, place):
    """What is left of a haplotype's alignment from a place in the haplotype on; a deletion there is dropped."""
    rest, at = list(cigar), 0
    while at != place:
        letter, length = rest.pop(0)
        if letter == "D":
            continue
        if at + length > place:
            rest.insert(0, (letter, at + length - place))
        at = min(at + length, place)
    if rest and rest[0][0] == "D":
        rest.pop(0)
    return rest


def read_to_reference(read_cigar, place, haplotype_cigar, read_length):
    """CIGAR of M, I, D, S, or [] if the haplotype ends before the read does."""
    upper, lower, out = as_match(read_cigar), from_place(as_match(haplotype_cigar), place), []
    if upper and upper[0][0] == "S":
        push(out, *upper.pop(0), read_length)
    a, b, left_a, left_b = "", "", 0, 0  # the operation under way on either side, and its length left
    while (upper or lower) and bases_in(out) < read_length:
        if upper and not lower and not left_b:
            push(out, *upper.pop(0), read_length)
            continue
        if not upper and not left_a:
            break
        if not left_a:
            a, left_a = upper.pop(0)
        if not left_b:
            b, left_b = lower.pop(0)
        while left_a and left_b:
            if a + b in ("DI", "ID"):
                left_a, left_b = left_a - 1, left_b - 1
                if b == "D":  # what the haplotype lacks, the read has: a match, to be seen after the rest of both
                    upper.insert(0, ("M", 1))
                    lower.insert(0, ("M", 1))
                continue
            push(out, min(a, b, key=STRENGTH.index), 1, read_length)
            if a != "I":
                left_b -= 1
            if a == "I" or b != "D":
                left_a -= 1
    if left_a and a == "S":
        push(out, "S", left_a, read_length)
        left_a = 0
    return [] if upper or left_a else out


def is_leftmost(cigar, at, bases, reference):
    """Whether no indel could stand one base further left. at: place of the alignment in `reference`."""
    if at < 0:
        return True
    offset = 0
    for letter, length in cigar:
        if letter == "D":
            if at + length > len(reference):
                return False
            if offset and reference[at + length - 1] == bases[offset - 1]:
                return False
        if letter == "I" and at and bases[offset + length - 1] == reference[at - 1]:
            return False
        if letter in "MD":
            at += length
        if letter in "MIS":
            offset += length
    return True
