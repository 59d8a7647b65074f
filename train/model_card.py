"""MODEL_CARD.md and loss_curve.svg of a model that `haploom train` made: what training.json says, for people. Claims no more."""
from .figures import KINDS


def draw_losses(path, history, chosen):
    """history: [{step, training or None, watched}]. The same history, the same bytes."""
    import matplotlib
    matplotlib.use('svg')
    from matplotlib import pyplot
    matplotlib.rcParams['svg.hashsalt'] = 'haploom'
    figure, axes = pyplot.subplots(figsize=(6, 4))
    steps = [h['step'] for h in history]
    axes.plot([s for s, h in zip(steps, history) if h['training'] is not None], [h['training'] for h in history if h['training'] is not None],
              color='tab:gray', label='training (images thinned out on purpose, last weights)')
    axes.plot(steps, [h['watched'] for h in history], color='tab:blue', marker='o', markersize=3, label='validation (averaged weights)')
    axes.axvline(chosen, color='tab:green', linewidth=0.8, linestyle='--', label=f'best, step {chosen}')
    axes.set(xlabel='step', ylabel='mean loss', ylim=(0, None))
    axes.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(path, metadata={'Date': None})
    pyplot.close(figure)


def rows(record):
    """(part, look, before, after) of all that was judged."""
    for look, before in record['network']['before'].items():
        # A network that was not kept is not what the folder holds.
        yield 'network alone', look, before, record['network']['after' if record['network']['kept'] == 'new' else 'before'][look]
    if record['cascade']:
        for look, before in record['cascade']['before'].items():
            yield 'cascade', look, before, record['cascade']['after'][look]


def errors(f, kind):
    return '{missed}+{false}+{copies}'.format(**f[kind])


def table(record):
    """For the end of the command."""
    lines = [f"{'validation part':32} {'':6} {'variants':>8} {'before':>10} {'after':>10}"]
    for what, look, before, after in rows(record):
        for kind in KINDS:
            lines.append(f"{what + ', ' + look:32} {kind:6} {before[kind]['variants']:8} {errors(before, kind):>10} {errors(after, kind):>10}")
        lines.append(f"{'':32} {'loss':6} {'':8} {before['loss']:10.5f} {after['loss']:10.5f}")
    return '\n'.join(lines)


def markdown(record):
    lines = ['| | ' + ' | '.join(f'{k}, variants | {k} before | {k} after' for k in KINDS) + ' | loss before | loss after |', '|---' * 9 + '|']
    for what, look, before, after in rows(record):
        cells = [cell for k in KINDS for cell in (str(before[k]['variants']), errors(before, k), errors(after, k))]
        lines.append('| ' + ' | '.join([f'{what}, {look}', *cells, f"{before['loss']:.5f}", f"{after['loss']:.5f}"]) + ' |')
    return '\n'.join(lines)


def what_it_is(record):
    cascade = record['cascade']
    begun = f"`{record['begun_with']['folder']}` (version {record['begun_with']['version']})"
    told = [('the network', record['network']['kept'] == 'new')]
    if cascade:
        told += [('the trees', cascade['new_trees']), ('their temperature', cascade['new_temperature'])]
    new, old = [name for name, it_is in told if it_is], [name for name, it_is in told if not it_is]
    if not new:
        return f'This is {begun}, unchanged: nothing that was trained is better on the validation part.'
    return f"Made from {begun} by `haploom train`. New: {', '.join(new)}. As before: {', '.join(old) or 'nothing'}."


def trees_told(record):
    cascade = record['cascade']
    if not cascade:
        return ''
    told, temperature = cascade['trees'], cascade['trees']['temperature']
    kept = {k: f"{told[k]['rounds']} rounds{'' if told[k]['kept'] else ', not kept'}" for k in ('plain', 'final')}
    compared = '\n'.join(f'| {name} | {value[0]:.5f}{", worse than before in a look" if value[1] else ""} |' for name, value in cascade['compared'].items())
    return f"""
Trees: boosting on top of those of before on {cascade['rows']['trees']} labelled allele sets (a look with the panel and one without count as two where there is a panel); plain trees
{kept['plain']}, final trees {kept['final']}; temperature {temperature['before']:g} before, {temperature['after']:g} after ({temperature['wrong']} wrong answers of the
validation part; below 20 it is left alone).

The best is kept of which neither look (with the panel, without) is worse than it was:

| compared on {cascade['rows']['validation']} allele sets | validation loss |
|---|---|
{compared}
"""


def text(name, record):
    network, images = record['network'], record['images_by_copies']
    samples = '\n'.join(f"| {s['name']} | {', '.join(s['reads'])} | {s['confident_bases'] / 1e6:.2f} |" for s in record['samples'])
    parts = ', '.join(f'{part} {mb:g} Mb' for part, mb in record['megabases'].items())
    settings = ', '.join(f'{k} {v}' for k, v in record['settings'].items())
    variants = sum(record['network']['before']['as drawn'][k]['variants'] for k in KINDS)
    return f"""# {name}

{what_it_is(record)} `training.json` has all figures below, and the settings.

## Data

| sample | reads | confident Mb |
|---|---|---|
{samples}

Confident regions were dealt out in blocks of {record['block'] // 1000} kb: {parts}. No site is in two parts, whichever sample it is of.
Images: {sum(images.get('network', [0]))} to train on ({' / '.join(map(str, images.get('network', [])))} with 0 / 1 / 2 copies), {sum(images.get('validation', [0]))} to validate with.

## Training

Settings: {settings}.

Network: {network['steps']} steps of {network['batch']} images in {network['minutes']} minutes on {network['device']} (PyTorch {network['torch']}); averaged weights were judged
{len(network['history'])} times and those of step {network['chosen']} were the best. It began with validation losses of {', '.join(f"{f['loss']:.5f} ({look})" for look, f in network['before'].items())};
the best weights had {', '.join(f"{f['loss']:.5f}" for f in network['after'].values())}. The {network['kept']} network is in this folder.

![loss](loss_curve.svg)
{trees_told(record)}
## Figures on the validation part

Allele sets of candidates, missed + false + wrong number of copies; what no candidate shows is not counted.

{markdown(record)}

## Limits

* The validation part chose weights, rounds and temperature, and is of the same samples and runs as what was trained on: the figures after training are somewhat too good. A chromosome
  that was left out (`--exclude_regions`), or another sample, tells better.
* {variants} variants were validated with: differences of {'one or two errors are' if variants > 1000 else 'a few errors, and of losses of such size, are'} noise.
* Nothing was measured on other depths, read lengths, instruments or ancestries than those of the samples above.
"""
