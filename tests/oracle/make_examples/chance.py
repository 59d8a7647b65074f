"""Whether a read, or a site of the reference in training, is kept when only a share of them is wanted: one stream of chances
along the reads of a file, one along the positions without a candidate.

Source: nucleus/util/samplers.h, sam_reader.cc, make_examples_options.py, make_examples_core.py (the seeds); std::mt19937_64 as the
C++ standard defines it.
"""
import numpy

READ_SEED, SITE_SEED, WORD = 609314161, 1400605801, (1 << 64) - 1
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


def keeper(fraction, seed):
    """A function that says of one thing after the other whether it is kept."""
    stream, most = words(seed), float(numpy.float32(fraction))
    return lambda _: next(stream) / 2 ** 64 <= most
