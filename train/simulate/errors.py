"""Error models: everything that make_reads needs to know of a sequencer, as a dictionary of arrays.

q        uint8 [pairs][2][cycles]  whole quality strings of read pairs to draw from
err      [64]      substitution rate of a base of each quality
sub      [4][4]    what is read (column) for what is there (row), in read direction; counts or weights
ins dele [26]      indel errors a pass of a run of each length
isz      [2][2][9] sizes of indel errors: [insertion][in a run >= 4][size]
tl       [1500]    fragment lengths
dup      share of duplicate pairs
cv2 fav  how unevenly errors fall on sites, and how often two errors of one site agree
nfrac    [64]      share of bases of a quality that are read as N
dph      [26]      share of bases after a run of each length that are read as the run's base
sysf sysd          systematic sites: (share on forward, on reverse reads) to draw from, and sites a base

A learnt model is an .npz of `learn`; a parametric one a small .json that is spread out here.
"""
import json

import numpy as np

from .sequence import LONGEST_RUN

MODEL_SEED = 20090  # of the quality strings of a parametric model: the same for every set that uses it


def load(path, err_scale=1.0, run_scale=1.0):
    model = parametric(path) if str(path).endswith('.json') else dict(np.load(path).items())
    model['err'] = np.minimum(model['err'] * err_scale, 0.75)
    total = (model['ins'] + model['dele'])[4:]
    factor = np.minimum(total * run_scale, np.maximum(0.3, total)) / np.maximum(total, 1e-12)
    model['ins'][4:] *= factor
    model['dele'][4:] *= factor
    return model


def quality_strings(p, rng):
    """uint8 [pairs][2][cycles]: a mean that falls along the read and differs by read, and a noise that has memory."""
    pairs, cycles = p['pairs'], p['cycles']
    x = np.arange(cycles) / (cycles - 1)
    fall = p['first'] + (p['last'] - p['first']) * x ** p['bend']
    of_read = rng.normal(0, p['read_sd'], (pairs, 2, 1)) * np.array([1.0, p['second_read']])[None, :, None]
    noise = np.zeros((pairs, 2, cycles))
    step = rng.normal(0, 1, noise.shape)
    for c in range(cycles):
        noise[..., c] = step[..., c] if c == 0 else p['memory'] * noise[..., c - 1] + np.sqrt(1 - p['memory'] ** 2) * step[..., c]
    q = fall - np.abs(noise) * p['noise'] * (0.5 + x) + np.minimum(of_read, 0) * (0.3 + x)
    dips = rng.random(q.shape) < p['dip_share']
    q[dips] = rng.uniform(2, 20, dips.sum())
    return np.clip(np.round(q), 2, p['top']).astype(np.uint8)


def parametric(path):
    """The model that a .json's few numbers describe (see illumina.json)."""
    with open(path) as f:
        p = json.load(f)
    k = np.arange(LONGEST_RUN + 1)
    total = np.where(k >= 4, np.minimum(p['indel']['run4'] * p['indel']['growth'] ** np.maximum(0, k - 4), 0.3), p['indel']['short'])
    total[0] = 0
    sizes = np.zeros((2, 2, 9))
    sizes[:, :, 1:4] = p['indel']['sizes']
    length = np.arange(1500)
    fragment = np.exp(-0.5 * ((length - p['fragment']['mean']) / p['fragment']['sd']) ** 2)
    fragment[:p['quality']['cycles'] // 2] = 0
    quality = np.arange(64)
    dephasing = np.where(k >= 4, np.minimum(p['dephasing']['run4'] * p['dephasing']['growth'] ** np.maximum(0, k - 4), 0.2), 0.0)
    shares = np.asarray(p['systematic']['shares'], float)
    return dict(q=quality_strings(p['quality'], np.random.default_rng(MODEL_SEED)), err=np.minimum(p['error_factor'] * 10 ** (-quality / 10.0), 0.75),
                sub=np.asarray(p['substitutions'], float), ins=total * p['indel']['insertions'], dele=total * (1 - p['indel']['insertions']),
                isz=sizes, tl=fragment, dup=p['duplicates'], cv2=p['site_cv2'], fav=p['same_base'],
                nfrac=np.where(quality <= 2, p['n_share'], 0.0), dph=dephasing, sysf=shares, sysd=p['systematic']['per_base'])
