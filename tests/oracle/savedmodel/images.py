"""Images that look a little like pileups: rows alike along their length, black below, a seed says which.

SPDX-License-Identifier: BSD-3-Clause
"""
import numpy as np


def like_pileups(count, shape, seed):
    """uint8 [count, rows, width, channels]."""
    rows, width, channels = shape
    random = np.random.default_rng(seed)
    images = np.zeros((count, rows, width, channels), np.uint8)
    for image in images:
        filled = random.integers(rows // 4, rows + 1)
        levels = random.integers(0, 255, (filled, 1, channels))
        noise = random.integers(0, random.integers(2, 80), (filled, width, channels))
        image[:filled] = np.clip(levels + noise, 0, 254)
        for column in random.integers(0, width, 12):  # what differs from the reference stands in columns
            image[: filled, column] = np.where(random.random((filled, 1)) < random.random(), 254, image[:filled, column])
    return images
