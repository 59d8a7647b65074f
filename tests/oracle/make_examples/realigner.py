"""Reads of a partition aligned anew around what differs from the reference.

Source: realigner/realigner.py, make_examples_core.py (realign_reads)
"""
import dataclasses

from . import assembly, placing, windows

LONGEST_READ = 500  # max_read_length_to_realign
MARGIN = 20  # of reference around reads and window


def overlap(read, window):
    return max(0, min(read.end, window[1]) - max(read.start, window[0]))


def in_window(window, reads, reference, normalise_later):
    start, end, _, haplotypes = window
    first = max(0, min(start, min(read.start for read in reads)) - MARGIN)
    last = min(reference.length, max(end, max(read.end for read in reads)) + MARGIN)
    if last <= end:
        return reads
    prefix, suffix = reference.bases(first, start), reference.bases(end, last)
    found = placing.new_alignments([read.bases for read in reads], [prefix + bases + suffix for bases in haplotypes], len(prefix),
                                   len(suffix), reference.bases(first, last), normalise_later)
    return [read if new is None else dataclasses.replace(read, start=first + new[0], cigar=new[1]) for read, new in zip(reads, found)]


def realign(reads, reference, start, end, legacy, normalise_later):
    """(reads in the order that follows from it, [(start, end, k, haplotypes)])."""
    out = [read for read in reads if len(read.bases) > LONGEST_READ]
    short = [read for read in reads if len(read.bases) <= LONGEST_READ]
    assembled = assembly.worth_realigning(windows.select(short, reference, start, end, legacy), short, reference)
    theirs = [[] for _ in assembled]
    for read in short:
        overlaps = [overlap(read, window) for window in assembled]
        if any(overlaps):
            theirs[overlaps.index(max(overlaps))].append(read)
        else:
            out.append(read)
    for window, here in zip(assembled, theirs):
        out += in_window(window, here, reference, normalise_later) if here else []
    return out, assembled
