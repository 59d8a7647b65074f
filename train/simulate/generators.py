"""A generator of random numbers for each effect: one that is switched on shifts the draws of no other."""
import numpy as np

EFFECTS = ('slip', 'clip-bursts', 'fragments', 'capture', 'panel-missing', 'panel-false', 'inbred')  # the order is part of the format: append only
STREAMS = {name: k for k, name in enumerate(EFFECTS, 1)}


def generator(seed, effect):
    return np.random.default_rng([seed, STREAMS[effect]])
