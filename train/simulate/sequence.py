"""Bases as codes 0..4 (A C G T N), and the runs of equal bases in them."""
import re

import numpy as np

CODE = np.full(256, 4, np.uint8)
for _i, _c in enumerate('ACGT'):
    CODE[ord(_c)] = CODE[ord(_c.lower())] = _i
LETTER = np.frombuffer(b'ACGTN', np.uint8)
COMPLEMENT = np.array([3, 2, 1, 0, 4], np.uint8)
LONGEST_RUN = 25  # longer runs count as this


def encode(text):
    return CODE[np.frombuffer(text.encode(), np.uint8)]


def decode(codes):
    return LETTER[codes].tobytes().decode()


def runs(codes):
    """Starts, ends and lengths of the runs of equal bases; a run of N has length 0."""
    cut = np.flatnonzero(np.diff(codes.astype(np.int16))) + 1
    start = np.concatenate([[0], cut])
    end = np.concatenate([cut, [len(codes)]])
    return start, end, np.where(codes[start] == 4, 0, np.minimum(end - start, LONGEST_RUN))


def region_of(text):
    """'chr20:5200000-5400000' (0-based half-open) -> ('chr20', 5200000, 5400000)"""
    found = re.match(r'(.+):(\d+)-(\d+)$', text.replace(',', ''))
    if not found:
        raise ValueError(f"'{text}' is no region: write contig:start-end, 0-based half-open")
    contig, start, end = found.groups()
    return contig, int(start), int(end)


def write_fasta(path, contigs):
    """contigs: [(name, sequence)]; 60 bases a line."""
    with open(path, 'w') as f:
        for name, sequence in contigs:
            f.write(f'>{name}\n')
            for i in range(0, len(sequence), 60):
                f.write(sequence[i:i + 60] + '\n')
