"""Which stretch of the genome a labelled site lies in.

Parts of the data that must not know of each other (folds of the trees, halves of the network) are cut by stretches, not by sets:
sets overlap, and a site that one part was fitted on must not come back in another under another donor or panel.
"""
import csv
import json
import os
import zlib

import numpy as np

BLOCK = 200_000  # bases


def region_start(prefix, sets):
    """(contig, where its position 0 lies on the whole reference) of the set of DIR/SET[.PANEL]."""
    name = '.'.join(os.path.basename(prefix).split('.')[:2])
    with open(os.path.join(sets, name, 'manifest.json')) as f:
        made = json.load(f)
    contig, _, span = made['region'].partition(':')
    return contig, 0 if made['args']['full_coords'] else int(span.split('-')[0])


def blocks(prefix, sets):
    """A number for each line of PREFIX.sites.tsv."""
    contig, start = region_start(prefix, sets)
    first = zlib.crc32(contig.encode()) * 6000  # contigs share no number, and halves and thirds begin with a contig
    with open(prefix + '.sites.tsv') as f:
        return np.array([first + (start + int(row['start'])) // BLOCK for row in csv.DictReader(f, delimiter='\t')], np.int64)
