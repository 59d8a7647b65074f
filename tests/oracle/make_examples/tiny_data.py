"""A made-up contig with everything that make_examples finds hard, out of a seed: reference, reads, a panel as GFA.

Nothing is aligned: the reads bear the alignment that they were made with, or one spoilt on purpose (ungapped, clipped, moved),
so the data depends on no other program. Random numbers come from random.Random.random alone, which Python keeps the same.
"""
import dataclasses
import random

import pysam

CONTIG, OTHER = "tiny", "tiny2"
SAMPLE, REFERENCE_SAMPLE = "DONOR", "GRCh38"
LONGEST_NODE = 40


class Dice(random.Random):
    def below(self, n):
        return int(self.random() * n)

    def between(self, low, high):
        return low + self.below(high - low + 1)

    def chance(self, p):
        return self.random() < p

    def pick(self, items):
        return items[self.below(len(items))]

    def bases(self, n):
        return "".join(self.pick("ACGT") for _ in range(n))

    def other(self, base):
        return self.pick([b for b in "ACGT" if b != base])


@dataclasses.dataclass
class Site:
    """A place where haplotypes differ: ref is replaced by one of alts."""
    start: int
    ref: str
    alts: list


@dataclasses.dataclass
class Record:
    name: str
    start: int
    cigar: list
    bases: str
    qualities: list
    mapq: int = 60
    flag: int = 0
    length: int = 0
    mate: tuple = (-1, -1)  # contig number, position
    haplotype: object = None


def reference(dice, length):
    """Random bases with a homopolymer, short repeats, a copy of another stretch, an N run and an ambiguous base."""
    bases = list(dice.bases(length))

    def plant(share, piece):
        at = int(share * length)
        bases[at:at + len(piece)] = piece

    plant(0.12, "A" * 14)
    plant(0.25, "CA" * 12)
    plant(0.38, dice.bases(7) * 5)
    plant(0.50, "".join(bases[int(0.05 * length):int(0.05 * length) + 90]))
    plant(0.66, "NNN")
    plant(0.70, "R")
    plant(0.80, "T" * 9 + "G" * 8)
    return "".join(bases)


def alts_of(dice, kind, bases, at):
    """(ref, alts) of a site; indels stand without an anchor."""
    if kind == "snp":
        return bases[at], [dice.other(bases[at])]
    if kind == "two":  # two alternatives at one place
        first = dice.other(bases[at])
        return bases[at], [first, dice.pick([b for b in "ACGT" if b not in (bases[at], first)])]
    if kind == "insertion":
        return "", [dice.bases(dice.pick([1, 1, 2, 3, 6, 30]))]
    if kind == "copy":  # an insertion that could stand at several places
        return "", [bases[at:at + dice.between(1, 3)]]
    if kind == "block":
        length = dice.between(6, 12)
        return bases[at:at + length], [dice.bases(length)]
    length = dice.pick([1, 1, 2, 3, 5, 8, 40])
    return bases[at:at + length], [""] if dice.chance(0.7) else ["", dice.bases(2)]


KINDS = ["snp"] * 7 + ["insertion", "copy", "deletion", "deletion", "two", "two", "block"]


def sites(dice, bases):
    """Sites in order, none touching another; some stretches hold many."""
    out, at = [], 40
    while at < len(bases) - 80:
        kind = dice.pick(KINDS)
        ref, alts = alts_of(dice, kind, bases, at)
        if set(ref) <= set("ACGT") and all(set(alt) <= set("ACGT") for alt in alts):
            out.append(Site(at, ref, alts))
        dense = 0.58 < at / len(bases) < 0.6
        at += len(ref) + (dice.between(3, 10) if dense else dice.between(40, 90) if dice.chance(0.5) else dice.between(180, 320))
    return out


def chosen(dice, all_sites, share):
    """For each site the number of its alternative, or None for the reference."""
    return [dice.below(len(site.alts)) if dice.chance(share) else None for site in all_sites]


def columns(bases, all_sites, choice):
    """[(base, place in the reference or None)] of a haplotype."""
    out, at = [], 0
    for site, number in zip(all_sites, choice):
        if number is None:
            continue
        out += [(bases[i], i) for i in range(at, site.start)]
        alt = site.alts[number]
        shared = min(len(alt), len(site.ref))
        out += [(base, site.start + i if i < shared else None) for i, base in enumerate(alt)]
        at = site.start + len(site.ref)
    return out + [(bases[i], i) for i in range(at, len(bases))]


def added(cigar, letter, length=1):
    if cigar and cigar[-1][0] == letter:
        cigar[-1] = (letter, cigar[-1][1] + length)
    elif length:
        cigar.append((letter, length))


def aligned(piece):
    """(start, cigar) of columns; inserted bases at an end are clipped."""
    places = [place for _, place in piece]
    known = [i for i, place in enumerate(places) if place is not None]
    cigar, last = [], None
    for i, place in enumerate(places):
        if i < known[0] or i > known[-1]:
            added(cigar, "S")
        elif place is None:
            added(cigar, "I")
        else:
            if last is not None:
                added(cigar, "D", place - last - 1)
            added(cigar, "M")
            last = place
    return places[known[0]], cigar


def on_read(cigar):
    return sum(length for letter, length in cigar if letter in "MIS=X")


def spoilt(dice, start, cigar, contig_length):
    """The alignment, or one that an aligner might give in its stead."""
    style, length = dice.random(), on_read(cigar)
    if style < 0.12 and cigar[-1][0] == "M" and cigar[-1][1] < 15 and start + length < contig_length:
        return start, [("M", length)]
    if style < 0.22 and cigar[0][0] == "M" and len(cigar) > 2 and cigar[0][1] < 30:  # up to the second indel's end is clipped
        skipped, moved = 0, 0
        rest = list(cigar)
        while len(rest) > 1 and (rest[0][0] != "M" or not skipped):
            letter, n = rest.pop(0)
            skipped += n if letter in "MIS" else 0
            moved += n if letter in "MD" else 0
        return start + moved, [("S", skipped)] + rest
    if style < 0.4:  # an indel moved to the right
        for i in range(1, len(cigar) - 1):
            if cigar[i][0] in "ID" and cigar[i - 1][0] == cigar[i + 1][0] == "M" and cigar[i + 1][1] > 6:
                by, out = dice.between(1, 4), list(cigar)
                out[i - 1], out[i + 1] = ("M", cigar[i - 1][1] + by), ("M", cigar[i + 1][1] - by)
                return start, out
    if style < 0.42 and cigar[0][0] == "M" and cigar[0][1] > 20:  # begins with an insertion
        n = dice.between(1, 5)
        return start + n, [("I", n), ("M", cigar[0][1] - n)] + cigar[1:]
    if style < 0.50 and cigar[0][0] == "M" and cigar[0][1] > 40:
        return start, [("=", 10), ("X", 1), ("M", cigar[0][1] - 11)] + cigar[1:]
    if style < 0.505 and cigar[-1][0] == "M" and cigar[-1][1] > 40 and start + 2 * length < contig_length:
        return start, cigar[:-1] + [("M", cigar[-1][1] - 20), ("N", 30), ("M", 20)]
    if style < 0.51 and cigar[-1][0] == "M" and cigar[-1][1] > 40:  # insertion beside deletion
        return start, cigar[:-1] + [("M", cigar[-1][1] - 20), ("I", 3), ("D", 2), ("M", 17)]
    return start, cigar


def with_errors(dice, piece, rate):
    """Columns with substitutions and a few one-base indels."""
    out = []
    for base, place in piece:
        die = dice.random()
        if die < rate / 30:
            continue
        out.append((dice.other(base) if die < rate and base in "ACGT" else base, place))
        if die > 1 - rate / 30:
            out.append((dice.pick("ACGT"), None))
    return out


def qualities(dice, n):
    poor = dice.chance(0.06)
    return [dice.between(2, 14) if poor or dice.chance(0.04) else dice.between(24, 40) for _ in range(n)]


def read(dice, name, haplotype, place, length, contig_length, error_rate):
    """A read of a haplotype's columns from a place on, or None where nothing of it is on the reference."""
    piece = with_errors(dice, haplotype[place:place + length], error_rate)
    if sum(where is not None for _, where in piece) < 20:
        return None
    start, cigar = spoilt(dice, *aligned(piece), contig_length)
    bases = "".join("N" if dice.chance(0.001) else base if base in "ACGT" else "A" for base, _ in piece)
    mapq = dice.pick([60] * 12 + [40, 22, 19, 15, 13, 6, 4, 0])
    return Record(name, start, cigar, bases, qualities(dice, len(bases)), mapq)


def marked(dice, record):
    """Flags, mates and tags of all sorts."""
    die = dice.random()
    if die < 0.02:
        record.flag |= dice.pick([0x400, 0x200, 0x100])
    elif die < 0.03:
        record.flag |= 0x4
        record.mapq, record.cigar = 0, []
    elif die < 0.05 and record.flag & 1:
        record.flag &= ~2
        record.mate = (1, 50)  # strayed
    elif die < 0.06 and record.flag & 1:
        record.flag = (record.flag & ~2) | 8
    elif die < 0.08 and record.cigar and record.cigar[0][0] != "S":
        record.flag = (record.flag | 0x800) & ~2
        record.cigar = [("H", 12)] + record.cigar
    return record


def pair(dice, name, haplotype, number, length, contig_length, error_rate):
    """Two reads of a fragment, or one alone."""
    span = dice.between(length + 20, 4 * length)
    place = dice.below(max(1, len(haplotype) - span))
    records = [read(dice, name, haplotype, at, length, contig_length, error_rate) for at in (place, place + span - length)]
    tag = dice.pick([number + 1] * 6 + [None, None, 0, -1, 3])
    records = [record for record in records if record]
    if len(records) == 2 and dice.chance(0.9):
        for i, record in enumerate(records):
            record.flag = 1 | 2 | (0x40, 0x80)[i] | (0x20, 0x10)[i]
            record.mate = (0, records[1 - i].start)
            record.length = (span, -span)[i]
    elif dice.chance(0.3):
        for record in records:
            record.name += f"_{record.start}"
            record.flag = 0x10
    else:
        records = records[:1]
    for record in records:
        record.haplotype = tag
    return [marked(dice, record) for record in records]


def write_bam(path, records, contig_length):
    header = pysam.AlignmentHeader.from_dict({"HD": {"VN": "1.6", "SO": "coordinate"}, "RG": [{"ID": "1", "SM": SAMPLE}],
                                              "SQ": [{"SN": CONTIG, "LN": contig_length}, {"SN": OTHER, "LN": 300}]})
    with pysam.AlignmentFile(path, "wb", header=header) as file:
        for record in sorted(records, key=lambda record: record.start):
            out = pysam.AlignedSegment(header)
            out.query_name, out.flag, out.reference_id, out.reference_start = record.name, record.flag, 0, record.start
            out.mapping_quality, out.query_sequence = record.mapq, record.bases
            out.cigartuples = [("MIDNSHP=X".index(letter), length) for letter, length in record.cigar] or None
            out.query_qualities = pysam.qualitystring_to_array("".join(chr(33 + quality) for quality in record.qualities))
            out.next_reference_id, out.next_reference_start = record.mate
            out.template_length = record.length
            out.set_tag("RG", "1")
            if record.haplotype is not None:
                out.set_tag("HP", record.haplotype)
            file.write(out)
    pysam.index(str(path))


def write_fasta(path, contigs):
    path.write_text("".join(f">{name}\n{bases}\n" for name, bases in contigs))
    pysam.faidx(str(path))


class Panel:
    """Nodes and walks: between sites pieces of the reference, at a site one node for the reference and one for each alternative."""

    def __init__(self, bases, all_sites):
        self.labels, self.steps = [], []  # steps: for each stretch the nodes of the reference, then of each alternative
        at = 0
        for site in all_sites:
            self.steps.append([self.nodes(bases[at:site.start])])
            self.steps.append([self.nodes(site.ref)] + [self.nodes(alt) for alt in site.alts])
            at = site.start + len(site.ref)
        self.steps.append([self.nodes(bases[at:])])

    def nodes(self, bases):
        first = len(self.labels)
        self.labels += [bases[i:i + LONGEST_NODE] for i in range(0, len(bases), LONGEST_NODE)]
        return list(range(first + 1, len(self.labels) + 1))

    def walk(self, choice):
        out = []
        for i, alternatives in enumerate(self.steps):
            number = choice[i // 2] if i % 2 else None
            out += alternatives[0 if number is None else number + 1]
        return out


def write_gfa(path, dice, bases, all_sites, haplotypes):
    """The last haplotype is inverted in a stretch, the one before it in two parts, the third last ends early."""
    panel = Panel(bases, all_sites)
    rows = [(REFERENCE_SAMPLE, 0, 0, [(node, ">") for node in panel.walk([None] * len(all_sites))])]
    for number, choice in enumerate(haplotypes):
        walk = [(node, ">") for node in panel.walk(choice)]
        third = len(walk) // 3
        name, phase = f"H{number // 2 + 1}", number % 2 + 1
        if number == len(haplotypes) - 1:
            walk[third:third + 2] = [(node, "<") for node, _ in reversed(walk[third:third + 2])]
        if number == len(haplotypes) - 3:
            walk = walk[:2 * third]
        if number == len(haplotypes) - 2:
            rows.append((name, phase, 0, walk[:third]))
            walk = walk[third + 3:]
            rows.append((name, phase, sum(len(panel.labels[node - 1]) for node, _ in rows[-1][3]) + 50, walk))
        else:
            rows.append((name, phase, 0, walk))
    used = sorted({node for row in rows for node, _ in row[3]})
    lines = [f"H\tVN:Z:1.1\tRS:Z:{REFERENCE_SAMPLE}"] + [f"S\t{node}\t{panel.labels[node - 1]}" for node in used]
    for name, phase, start, walk in rows:
        end = start + sum(len(panel.labels[node - 1]) for node, _ in walk)
        lines.append(f"W\t{name}\t{phase}\t{CONTIG}\t{start}\t{end}\t" + "".join(strand + str(node) for node, strand in walk))
    path.write_text("\n".join(lines) + "\n")


def make(folder, seed, length=5000, depth=30, read_length=100, error_rate=0.006, haplotypes=8, deep=True):
    """reference.fa, reads.bam, panel.gfa"""
    dice = Dice(seed)
    bases = reference(dice, length)
    all_sites = sites(dice, bases)
    donor = [chosen(dice, all_sites, 0.5) for _ in range(2)]
    for i, site in enumerate(all_sites):
        if len(site.alts) == 2:
            donor[0][i], donor[1][i] = 0, 1
    both = [columns(bases, all_sites, choice) for choice in donor]
    records = []
    for i in range(int(depth * length / (2 * read_length))):
        number = dice.below(2)
        records += pair(dice, f"r{i}", both[number], number, read_length, length, error_rate)
    if deep:  # many reads over one place, some with a length of their own
        differing = [site.start for site, one, other in zip(all_sites, *donor) if one != other]
        middle = min(differing, key=lambda at: abs(at - 0.45 * length))
        for i in range(130):
            number, own = dice.below(2), dice.between(60, 140)
            one = read(dice, f"d{i}", both[number], max(0, middle - dice.below(own)), own, length, error_rate)
            records += [one] if one else []
        records += filter(None, [read(dice, f"long{i}", both[i], length // 2, 600, length, error_rate) for i in range(2)])
    write_fasta(folder / "reference.fa", [(CONTIG, bases), (OTHER, Dice(seed).bases(300))])
    write_bam(folder / "reads.bam", records, length)
    write_gfa(folder / "panel.gfa", dice, bases, all_sites,
              donor + [chosen(dice, all_sites, 0.35) for _ in range(haplotypes - 2)])
