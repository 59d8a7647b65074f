"""A generator of random numbers for each effect: one that is switched on shifts the draws of no other."""
import numpy as np

STREAMS = {name: k for k, name in enumerate(('slip', 'clip-bursts', 'fragments', 'capture', 'panel-missing', 'panel-false', 'inbred'), 1)}  # append only: the numbers are part of the format


def generator(seed, effect):
    return np.random.default_rng([seed, STREAMS[effect]])
