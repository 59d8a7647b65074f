"""Whether a read is kept when only a share of them is wanted: one stream of chances along the reads of a file.

Source: nucleus/util/samplers.h, sam_reader.cc, make_examples_options.py (the seed); std::mt19937_64 as the C++ standard defines it.
"""
import numpy

SEED, WORD = 609314161, (1 << 64) - 1
SIZE, MIDDLE, LOWER = 312, 156, (1 << 31) - 1


def words(seed):
    """The Mersenne Twister of 64 bits."""
    state = [seed]
    for i in range(1, SIZE):
        state.append((6364136223846793005 * (state[-1] ^ (state[-1] >> 62)) + i) & WORD)
    while True:
        for i in range(SIZE):
            both = (state[i] & ~LOWER & WORD) | (state[(i + 1) % SIZE] & LOWER)
            state[i] = state[(i + MIDDLE) % SIZE] ^ (both >> 1) ^ (0xB5026F5AA96619E9 if both & 1 else 0)
        for x in state:
            x ^= (x >> 29) & 0x5555555555555555
            x ^= (x << 17) & 0x71D67FFFEDA60000
            x ^= (x << 37) & 0xFFF7EEE000000000
            yield x ^ (x >> 43)


def keeper(fraction):
    """A function that says of one read after the other whether it is kept; of fraction 0 it keeps all."""
    stream, most = words(SEED), float(numpy.float32(fraction))
    return (lambda read: next(stream) / 2 ** 64 <= most) if fraction else lambda read: True
