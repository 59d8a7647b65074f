"""What is counted of answers beside labels."""
import numpy as np

KINDS = ('SNP', 'INDEL')


def figures(probabilities, label, kind):
    """Errors by kind: positives taken for reference, references taken for variants, wrong number of copies; and the mean loss."""
    guess, out = probabilities.argmax(1), {}
    for k, name in enumerate(KINDS):
        here = kind == k
        g, t = guess[here], label[here]
        out[name] = dict(n=int(here.sum()), variants=int((t > 0).sum()), missed=int(((t > 0) & (g == 0)).sum()),
                         false=int(((t == 0) & (g > 0)).sum()), copies=int(((t > 0) & (g > 0) & (g != t)).sum()))
    out['loss'] = round(loss(probabilities, label), 5)
    return out


def loss(probabilities, label):
    picked = probabilities[np.arange(len(label)), label] if len(label) else np.ones(1)
    return float(-np.log(np.maximum(picked, 1e-9)).mean())


def line(name, f):
    kinds = '  '.join(f"{k} {f[k]['missed']}+{f[k]['false']}+{f[k]['copies']} of {f[k]['variants']}" for k in KINDS)
    return f"    {name:34} {kinds}  loss {f['loss']}"
