"""Pileup images: uint8 [rows][221][channels].

Source: make_examples_native.cc, alt_aligned_pileup_lib.cc (trimming), pileup_image_native.cc, pileup_channel_lib.cc, channels/*.cc.
The shuffle is the one of LLVM's libc++, with which upstream's golden images were made.
"""
import dataclasses

import numpy

from .reads import ON_READ, ON_REFERENCE

WIDTH, HALF = 221, 110
REFERENCE_ROWS = 5
NEAR = 5  # read_overlap_buffer_bp
LEAST_OVERLAP = 15
SEED = 2101079370  # pileup_image.py
WGS = ("read_base", "base_quality", "mapping_quality", "strand", "read_supports_variant", "base_differs_from_ref", "insert_size")
BASE_COLOUR = {"A": 250, "G": 180, "T": 100, "C": 30}


def scaled(value, top):
    return int(numpy.float32(254) * (numpy.float32(min(value, top)) / numpy.float32(top))) & 255


@dataclasses.dataclass
class Block:
    """How the rows of one sample are drawn."""
    height: int = 100
    spanning_only: bool = False  # reads that cover the whole width
    blank: tuple = ()  # channels that stay 0 in the rows of reads


class Mt19937_64:
    def __init__(self, seed):
        self.state = [seed]
        for i in range(1, 312):
            self.state.append((6364136223846793005 * (self.state[-1] ^ (self.state[-1] >> 62)) + i) % 2**64)
        self.at = 312

    def next(self):
        if self.at == 312:
            for i in range(312):
                x = (self.state[i] & ~(2**31 - 1)) | (self.state[(i + 1) % 312] & (2**31 - 1))
                self.state[i] = self.state[(i + 156) % 312] ^ (x >> 1) ^ (0xB5026F5AA96619E9 if x & 1 else 0)
            self.at = 0
        x = self.state[self.at]
        self.at += 1
        x ^= (x >> 29) & 0x5555555555555555
        x ^= (x << 17) & 0x71D67FFFEDA60000
        x ^= (x << 37) & 0xFFF7EEE000000000
        return x ^ (x >> 43)


def shuffled(count):
    order, generator = list(range(count)), Mt19937_64(SEED)
    for first in range(count - 1):
        choices = count - first
        bits = (choices - 1).bit_length()
        while True:
            i = generator.next() % 2**bits
            if i < choices:
                break
        order[first], order[first + i] = order[first + i], order[first]
    return order


def trimmed(read, start, end):
    """What of a read lies over [start, end); indels at the borders stay."""
    skip, cover = max(0, start - read.start), end - max(start, read.start)
    moved, first, kept, cigar = skip != 0, 0, 0, []
    for letter, length in read.cigar:
        step = length if letter in ON_REFERENCE else 0
        if skip:
            if step <= skip:
                skip -= step
                first += length if letter in ON_READ else 0
                continue
            first += skip if letter in ON_READ else 0
            length = step = step - skip
            skip = 0
        if step > cover:
            length = cover
        cigar.append((letter, length))
        kept += length if letter in ON_READ else 0
        if step > cover:
            break
        cover -= step
    return dataclasses.replace(read, start=start if moved else read.start, cigar=cigar, bases=read.bases[first:first + kept],
                               qualities=read.qualities[first:first + kept])


def pixels_of(read):
    """(position, base or '*', quality) in the order in which they are drawn."""
    at, offset = read.start, 0
    for letter, length in read.cigar:
        if letter in "M=X":
            for i in range(length):
                yield at + i, read.bases[offset + i], read.qualities[offset + i]
        elif letter == "I" and at > 0:
            yield at - 1, "*", read.qualities[offset]
        elif letter == "D" and offset:
            yield at - 1, "*", read.qualities[offset - 1]
        at += length if letter in ON_REFERENCE else 0
        offset += length if letter in ON_READ else 0


def reference_row(bases, channels):
    constant = {"base_quality": 254, "mapping_quality": 254, "strand": 70, "read_supports_variant": 152, "base_differs_from_ref": 50,
                "haplotype": 0, "insert_size": 254}
    return numpy.array([[BASE_COLOUR.get(base, 0) if channel == "read_base" else constant[channel] for channel in channels]
                        for base in bases], dtype=numpy.uint8)


def support_colour(read, candidate, alts):
    for alt in candidate.alts:
        if read.key in candidate.supporters(alt):
            return 254 if alt in alts else 152
    return 152


def read_row(read, candidate, alts, bases, channels, blank, options):
    """None for a read that is not drawn."""
    if read.mapq < options.min_mapq:
        return None
    first = candidate.start - HALF
    row = numpy.zeros((WIDTH, len(channels)), dtype=numpy.uint8)
    whole = {"mapping_quality": scaled(read.mapq, 60), "strand": 240 if read.reverse else 70,
             "read_supports_variant": support_colour(read, candidate, alts), "haplotype": scaled(read.haplotype or 0, 2),
             "insert_size": scaled(abs(read.template_length), 1000)}
    for at, base, quality in pixels_of(read):
        column = at - first
        if not 0 <= column < WIDTH:
            continue
        if at == candidate.start and quality < options.min_base_quality:
            return None
        own = {"read_base": BASE_COLOUR.get(base, 0), "base_quality": scaled(quality, 40),
               "base_differs_from_ref": 50 if base == bases[column] else 254}
        for i, channel in enumerate(channels):
            if channel not in blank:
                row[column, i] = own[channel] if channel in own else whole[channel]
    return row


def haplotype_index(read, options):
    return max(0, read.haplotype or 0) if options.sort_by_haplotypes else 0


def draw_block(block, reads, candidate, alts, bases, contig_length, options):
    near = [read for read in reads if read.overlaps(candidate.start - NEAR, candidate.end + NEAR)]
    first, last = max(0, candidate.start - HALF), min(contig_length, candidate.end + HALF)
    kept = []  # (original start, read)
    for read in near:
        part = trimmed(read, first, last)
        if part.bases and part.end - part.start >= (WIDTH if block.spanning_only else LEAST_OVERLAP):
            kept.append((read.start, part))
    most = block.height - REFERENCE_ROWS
    rows = []
    for i in shuffled(len(kept)) if len(kept) > most else range(len(kept)):
        if len(rows) == most:
            break
        start, read = kept[i]
        row = read_row(read, candidate, alts, bases, options.channels, block.blank, options)
        if row is not None:
            rows.append(((haplotype_index(read, options), start, read.name.encode(), read.number), row))
    rows.sort(key=lambda pair: pair[0])
    out = numpy.zeros((block.height, WIDTH, len(options.channels)), dtype=numpy.uint8)
    out[:REFERENCE_ROWS] = reference_row(bases, options.channels)
    for i, (_, row) in enumerate(rows, REFERENCE_ROWS):
        out[i] = row
    return out


def allele_sets(count):
    """Indices of the alts that an image shows: each alone, then pairs, in upstream's order."""
    return [[j - 1] if i == 0 else [i - 1, j - 1] for i in range(count + 1) for j in range(i + 1, count + 1)]


def images(candidate, blocks, reference, options):
    """[(indices of alts, image)]. blocks: [(Block, reads)], from the top. None at all near a contig's end."""
    first = candidate.start - HALF
    if not reference.holds(first, first + WIDTH):
        return []
    bases = reference.bases(first, first + WIDTH)
    out = []
    for indices in allele_sets(len(candidate.alts)):
        alts = [candidate.alts[i] for i in indices]
        parts = [draw_block(block, reads, candidate, alts, bases, reference.length, options) for block, reads in blocks]
        out.append((indices, numpy.concatenate(parts)))
    return out
