"""What a training image may turn into without changing its label: fewer haplotypes, fewer reads, another sequencer's scales.

All functions change a batch uint8 [n][rows][width][channels] in place. Rows are blanked where they stand: the network takes
them as a set. The panel is made small or taken away often, so that the network never leans on it where it is foreign.
"""
import numpy as np

REFERENCE_ROWS = 5
LEAST_READS = 6
PANEL_SIZES = (1, 2, 2, 4, 8, 16, 24)


def filled_rows(block):
    """[n][rows]: rows that hold a read (some base colour above 0 in the first channel)."""
    return block[:, :, :, 0].any(2)


def shrink_panel(images, height_pangenome, rng, without=0.15, fewer=0.3):
    """Takes all haplotypes from a share of the images, all but a few from another."""
    block = images[:, REFERENCE_ROWS:height_pangenome]
    u = rng.random(len(images))
    block[u < without] = 0
    for i in np.flatnonzero((u >= without) & (u < without + fewer)):
        rows = np.flatnonzero(block[i, :, :, 0].any(1))
        keep = int(rng.choice(PANEL_SIZES))
        if len(rows) > keep:
            block[i, rng.permutation(rows)[keep:]] = 0


def drop_reads(images, height_pangenome, rng, share=0.3, most=0.6):
    """Blanks random reads of a share of the images: lower depth, and other draws of the same site."""
    block = images[:, height_pangenome + REFERENCE_ROWS:]
    for i in np.flatnonzero(rng.random(len(images)) < share):
        rows = np.flatnonzero(block[i, :, :, 0].any(1))
        gone = min(int(round(len(rows) * rng.uniform(0, most))), len(rows) - LEAST_READS)
        if gone > 0:
            block[i, rng.permutation(rows)[:gone]] = 0


def shift_scale(images, height_pangenome, channel, rng, share, most):
    """Adds one number for each image to a channel of the reads' pixels: another calibration of qualities, another library."""
    block = images[:, height_pangenome + REFERENCE_ROWS:, :, channel]
    for i in np.flatnonzero(rng.random(len(images)) < share):
        here = block[i].astype(np.int16)
        block[i] = np.where(here > 0, np.clip(here + int(rng.integers(-most, most + 1)), 1, 254), 0)


def coarsen(images, height_pangenome, channel, rng, share, steps=(70, 150, 235)):
    """Rounds a channel of the reads to a few levels, as sequencers do that bin their qualities."""
    block = images[:, height_pangenome + REFERENCE_ROWS:, :, channel]
    edges, levels = np.array(steps), np.array([13, 76, 171, 240], np.uint8)
    for i in np.flatnonzero(rng.random(len(images)) < share):
        block[i] = np.where(block[i] > 0, levels[np.searchsorted(edges, block[i])], 0)


def augment(images, height_pangenome, channels, rng):
    shrink_panel(images, height_pangenome, rng)
    drop_reads(images, height_pangenome, rng)
    if 2 in channels:
        coarsen(images, height_pangenome, channels.index(2), rng, share=0.08)
        shift_scale(images, height_pangenome, channels.index(2), rng, share=0.2, most=15)
    if 19 in channels:
        shift_scale(images, height_pangenome, channels.index(19), rng, share=0.2, most=40)
