#!/usr/bin/env python3
"""A model trained on from one that is there: what `haploom train` becomes (src/commands/train.cc checks its flags; docs/training.md).

In:   reads, truth and confident regions of samples, a pangenome or none, a model folder of haploom
Out:  a model folder under --output, made when all is done: the network and, if the model has them, the cascade's trees, with
      training.json, loss_curve.svg and MODEL_CARD.md
      a work folder, from which the same command goes on

    confident regions ─► dealt (dealing.py) ─► network part ─► images, labels ─► fit.py ─► network
                                            ├► trees part ──► numbers, with the old network and the new ─► more_trees.py ─► trees
                                            └► validation ──► judges both, and says what is kept: nothing that it finds worse

SPDX-License-Identifier: BSD-3-Clause
"""
import argparse
import contextlib
import importlib.util
import json
import os
import re
import shutil
import sys
import traceback

os.environ.setdefault('OMP_WAIT_POLICY', 'passive')
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from train.dealing import NETWORK, TREES, VALIDATION, DealingError, bases, deal, difference, intersection, merged, regions, union  # noqa: E402
from train.work_folder import INPUT, INTERNAL, RESOURCE, UNFINISHED, USAGE, Passed, Stop, WorkFolder, end_on_signals, say, written  # noqa: E402

SHARES = {NETWORK: 0.6, TREES: 0.25, VALIDATION: 0.15}
CELL = 1000           # a partition: regions are made of whole ones
SURROUNDINGS = 20_000  # bases around a site that its numbers tell of, in steps of what lies between confident intervals
IMAGES_PER_MB = 2000  # of a genome at 30x, roughly; for the estimate of what the disk must hold
CHECKS = 25
LEAST_BATCH = 8
SETUP = './run setup-train'


def parser():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ('haploom', 'ref', 'customized_model', 'output', 'work'):
        ap.add_argument('--' + name, required=True)
    for name in ('reads', 'truth_variants', 'confident_regions'):
        ap.add_argument('--' + name, required=True, action='append')
    for name in ('pangenome', 'regions', 'exclude_regions', 'validation_regions'):
        ap.add_argument('--' + name, default='')
    ap.add_argument('--pass', dest='passed', action='append', default=[], help='a word for `haploom examples`')
    ap.add_argument('--epochs', type=float)
    ap.add_argument('--minutes', type=float)
    ap.add_argument('--learning_rate', type=float, default=2e-4)
    ap.add_argument('--batch_size', type=int, default=128)
    ap.add_argument('--num_shards', type=int, default=1)
    ap.add_argument('--device', choices=('auto', 'cpu', 'cuda'), default='auto')
    ap.add_argument('--seed', type=int, default=1)
    return ap


def refuse_without(*names):
    for name in names:
        if importlib.util.find_spec(name) is None:
            raise Stop(f'{sys.executable} lacks {name}', SETUP)


def model_files(folder):
    names = ['example_info.json', 'model.onnx']
    if os.path.exists(os.path.join(folder, 'cascade.json')):
        with open(os.path.join(folder, 'cascade.json')) as f:
            cascade = json.load(f)
        names += ['cascade.json', cascade['plain']['trees'], cascade['final']['trees']]
    return [os.path.join(folder, name) for name in names]


def bed_written(path, intervals):
    with open(path, 'w') as f:
        for contig, spans in intervals.items():
            f.writelines(f'{contig}\t{a}\t{b}\n' for a, b in spans)


def cells(intervals, lengths):
    """The partitions that hold any of it."""
    return {c: [(a, min(b, lengths[c])) for a, b in merged([(a // CELL * CELL, -(-b // CELL) * CELL) for a, b in spans])] for c, spans in intervals.items()}


class Sample:
    """One of the user's: its files, its name, and what is confident and asked for in it."""

    def __init__(self, number, reads, truth, confident):
        import pysam
        self.number, self.reads, self.truth, self.confident_file = number, reads, truth, confident
        with pysam.AlignmentFile(reads.split(',')[0], require_index=False) as f:
            groups = f.header.to_dict().get('RG', [])
        self.name = next((g['SM'] for g in groups if g.get('SM')), f'sample{number}')
        self.confident = {}

    def inputs(self):
        return [*self.reads.split(','), self.truth, self.confident_file]


class Training:
    def __init__(self, a):
        import pysam
        self.a = a
        with pysam.FastaFile(a.ref) as fasta:
            self.lengths = dict(zip(fasta.references, fasta.lengths))
        self.samples = [Sample(i + 1, *three) for i, three in enumerate(zip(a.reads, a.truth_variants, a.confident_regions))]
        self.has_cascade = os.path.exists(os.path.join(a.customized_model, 'cascade.json'))
        settings = {k: v for k, v in vars(a).items() if k not in ('haploom', 'output', 'work', 'num_shards', 'device', 'passed')}
        settings['names'] = [word for word in zip(a.passed, a.passed[1:]) if word[0].startswith('--ref_')]  # the other words say where shared memory lies
        files = [f for s in self.samples for f in s.inputs()] + [a.ref] + ([a.pangenome] if a.pangenome else []) + model_files(a.customized_model)
        files += [word for text in (a.regions, a.exclude_regions, a.validation_regions) for word in text.split() if word.endswith('.bed')]
        self.work = WorkFolder(a.work, settings, files)
        if self.work.resumed:
            say(f'goes on in {a.work}')
        self.parts = self.dealt()

    # ---- 1: who gets what

    def dealt(self):
        from train.count_errors import intervals
        a = self.a
        left_out = regions(a.exclude_regions, self.lengths)
        validation = difference(regions(a.validation_regions, self.lengths), left_out)
        wanted = regions(a.regions, self.lengths) if a.regions.strip() else {c: [(0, n)] for c, n in self.lengths.items()}
        wanted = difference(union(wanted, validation), left_out)
        for sample in self.samples:
            sample.confident = intersection(intervals(sample.confident_file, None), wanted)
            sample.bed = self.work.path(f'confident.{sample.number}.bed')
            bed_written(sample.bed, sample.confident)
            self.refuse_misfits(sample)
        confident = union(*(s.confident for s in self.samples))
        shares = SHARES if self.has_cascade else {k: v for k, v in SHARES.items() if k != TREES}
        parts = deal(confident, shares, a.seed, intersection(validation, confident))
        parts.write(self.work.path('parts.bed'))
        self.megabases = {part: round(bases(intersection(confident, parts.of(part))) / 1e6, 4) for part in shares}
        say('dealt in blocks of {} kb: {}'.format(parts.size // 1000, ', '.join(f'{part} {mb:.2f} Mb' for part, mb in self.megabases.items())))
        return parts

    def refuse_misfits(self, sample):
        """A truth that names contigs otherwise would teach that there are no variants."""
        import pysam
        if not sample.confident:
            raise Stop(f'{sample.confident_file} has nothing in the regions asked for', 'check --regions and --exclude_regions', USAGE, 53)
        with pysam.VariantFile(sample.truth) as f:
            missing = [c for c in sample.confident if c not in f.header.contigs]
        if missing:
            raise Stop(f'{sample.truth} does not know {", ".join(missing[:5])}, where {sample.confident_file} is confident',
                       'give a truth for this reference, or leave these contigs out with --exclude_regions', INPUT, 52)

    def refuse_a_full_disk(self):
        images = (self.megabases[NETWORK] + self.megabases[VALIDATION]) * IMAGES_PER_MB * len(self.samples)
        info = self.info()
        need = images * info['shape'][0] * info['shape'][1] * info['shape'][2]
        have = shutil.disk_usage(self.work.folder).free
        if need > 0.95 * have and not self.work.resumed:
            raise Stop(f'the images of these regions take about {need / 1e9:.0f} GB; {self.work.folder} has room for {have / 1e9:.0f}',
                       '--regions with fewer contigs, or --work on a larger disk', RESOURCE, 60)

    def info(self):
        with open(os.path.join(self.a.customized_model, 'example_info.json')) as f:
            return json.load(f)

    # ---- 2: examples

    def drawing_flags(self):
        """Candidates are looked for as the cascade does; all are drawn, those too that its plain trees settle: steps ask the network alone."""
        if not self.has_cascade:
            return []
        with open(os.path.join(self.a.customized_model, 'cascade.json')) as f:
            flags = json.load(f).get('flags_for_calling', {})
        return [word for name in ('vsc_min_count_panel_alleles',) if name in flags for word in ('--' + name, str(flags[name]))]

    def examples(self, folder, name, sample, intervals, model, with_panel, more):
        """`haploom examples` and labels; what is labelled is complete and left alone."""
        from train.label import label
        prefix = self.work.path(folder, name)
        if os.path.exists(prefix + '.labels.json'):
            return prefix
        a = self.a
        bed_written(prefix + '.bed', intervals)
        panel = ['--pangenome', a.pangenome, *a.passed] if with_panel else []
        self.work.run([a.haploom, 'examples', '--ref', a.ref, '--reads', sample.reads, '--regions', prefix + '.bed', '--customized_model', model,
                       '--num_shards', str(a.num_shards), '--output', prefix, *panel, *more], f'{folder.replace("/", ".")}.{name}')
        counts = label(prefix, sample.truth, sample.bed, a.ref)
        if counts.get('truth_snp', 0) + counts.get('truth_indel', 0) == 0 and bases(intervals) >= 1e6:
            say(f'warning: {sample.truth} has no variant in what {name} is labelled by: is it the truth of this contig?')
        say(f'{folder}/{name}: {counts["images"]} drawn, {counts["label_0"]} / {counts["label_1"]} / {counts["label_2"]} with 0 / 1 / 2 copies, {counts["label_255"]} unsure')
        return prefix

    def looks(self):
        """(sample, contig, name) of all that is drawn apart: a contig of a sample at a time, so that little is lost when a run is cut short."""
        for sample in self.samples:
            for i, contig in enumerate(sample.confident):
                safe = re.sub(r"[^A-Za-z0-9_.-]", "_", contig)
                yield sample, contig, f'{sample.number}.{safe}' + ('' if safe == contig else f'.{i}')

    def images(self):
        self.refuse_a_full_disk()
        for sample, contig, name in self.looks():
            for part, prefix in ((NETWORK, ''), (VALIDATION, 'watch.')):
                mine = cells(intersection({contig: sample.confident[contig]}, self.parts.of(part)), self.lengths)
                mine = intersection(mine, self.parts.of(part))
                if mine:
                    self.examples('images', prefix + name, sample, mine, self.a.customized_model, bool(self.a.pangenome), self.drawing_flags())

    def numbers(self, which, model):
        """-> {panel or none: {part: Rows}}. Drawn over everything: what lies around a site is part of its numbers, so parts are told
        apart by the rows, not by the regions."""
        from train.more_trees import read_rows, together
        folder = f'numbers/{which}'
        os.makedirs(self.work.path(folder), exist_ok=True)
        out = {}
        for look in (['with panel'] if self.a.pangenome else []) + ['without panel']:
            rows = {}
            for sample, contig, name in self.looks():
                mine = {c: merged(s, SURROUNDINGS) for c, s in cells({contig: sample.confident[contig]}, self.lengths).items()}
                prefix = self.examples(folder, f'{name}.{look.split()[0]}', sample, mine, model, look == 'with panel', ['--numbers'])
                for part, found in read_rows(prefix, self.parts.part).items():
                    rows.setdefault(part, []).append(found)
            missing = [part for part in (TREES, VALIDATION) if part not in rows]
            if missing:
                raise Stop(f'no labelled site in the part of {missing[0]}', 'give more --regions, or another --seed', INPUT, 55)
            out[look] = {part: together(found) for part, found in rows.items()}
        return out

    # ---- 3: the network

    def network(self):
        """fit.py on the images; its training.json, and whether its network is better than the one it began with."""
        from train import fit
        a, folder = self.a, self.work.path('network')
        done = os.path.join(folder, 'training.json')
        if not os.path.exists(done):
            labelled = {name: sum(self.counts('images', name)) for name in self.image_sets()}
            there = sum(n for name, n in labelled.items() if not name.startswith('watch'))
            if there < 2 * LEAST_BATCH or there == sum(labelled.values()):
                raise Stop(f'the confident regions give {there} labelled examples to train on, and {sum(labelled.values()) - there} to validate with', 'give more --regions, or another --seed', INPUT, 55)
            batch = min(a.batch_size, max(LEAST_BATCH, there // 8))
            epochs = a.epochs or (None if a.minutes else 10)
            steps = max(1, int(epochs * (there // batch))) if epochs else 500
            words = ['--examples', self.work.path('images'), '--out', folder, '--info', os.path.join(a.customized_model, 'example_info.json'), '--start', a.customized_model,
                     '--checkpoint', self.work.path('network.pt'), '--batch', str(batch), '--rate', str(a.learning_rate), '--warmup', str(max(1, min(200, steps // 10))),
                     '--thin', '1', '--smoothing', '0.001', '--threads', str(a.num_shards), '--seed', str(a.seed), '--device', a.device, '--checks', str(CHECKS),
                     *(['--epochs', str(epochs)] if epochs else ['--minutes', str(a.minutes)]), *(['--panel'] if a.pangenome else [])]
            if fit.device_of(a.device).type == 'cpu':
                words.append('--no-bf16')
            try:
                with contextlib.redirect_stdout(sys.stderr):
                    fit.main(words)
            except KeyError as problem:
                raise Stop(f'{a.customized_model}/model.onnx is not a network of train/network.py: it has no {problem}', 'begin with a model of haploom', INPUT, 54) from problem
        with open(done) as f:
            told = json.load(f)
        better = (told['chosen'] > 0 and mean_loss(told['after']) < mean_loss(told['before'])
                  and all(told['after'][look]['loss'] <= f['loss'] for look, f in told['before'].items()))
        say(f"network: validation loss {mean_loss(told['before']):.5f} before, {mean_loss(told['after']):.5f} with the weights of step {told['chosen']} of {told['steps']}"
            + ('' if better else ': the one it began with is kept'))
        return told, better

    def image_sets(self):
        return [f[:-len('.labels.json')] for f in sorted(os.listdir(self.work.path('images'))) if f.endswith('.labels.json')]

    def counts(self, folder, name):
        with open(self.work.path(folder, name + '.labels.json')) as f:
            told = json.load(f)
        return [told[f'label_{k}'] for k in range(3)]

    # ---- 4: the trees

    def new_model(self):
        """The base's folder with the new network, for `haploom examples` to ask."""
        folder = self.work.path('new_model')
        os.makedirs(folder, exist_ok=True)
        for file in model_files(self.a.customized_model):
            shutil.copy(file, folder)
        shutil.copy(self.work.path('network', 'model.onnx'), folder)
        return folder

    def cascade(self, network_is_better):
        """-> Cascade, whether the new network is in it, figures. All four of old and new network with old and new trees are judged."""
        from train.figures import loss
        from train.more_trees import Cascade, gone_on, standing, together
        base = Cascade.of(self.a.customized_model)
        found = {'old': self.numbers('old', self.a.customized_model)}
        if network_is_better:
            found['new'] = self.numbers('new', self.new_model())
        judged = {which: [parts[VALIDATION] for parts in looks.values()] for which, looks in found.items()}
        bars = [loss(base.answers(rows), rows.label) for rows in judged['old']]
        options, done = [], {}  # (network, cascade, how it stands)
        for which, looks in found.items():
            learnt = together([parts[TREES] for parts in looks.values()])
            more, done[which] = gone_on(base, learnt, judged[which], bars, self.a.seed, self.a.num_shards)
            options += [(which, one, standing(one, judged[which], bars)) for one in (base, more)]
        which, best, _ = min(options, key=lambda one: one[2])
        done['compared'] = {f'{network} network, trees {"as before" if one is base else "anew"}': [round(loss_of_all, 5), worse]
                            for network, one, (worse, loss_of_all) in options}
        for name, value in done['compared'].items():
            say(f'cascade: {name}: validation loss {value[0]}{", but worse than before with or without the panel" if value[1] else ""}')
        rows = {part: sum(len(looks[part]) for looks in found['old'].values()) for part in (TREES, VALIDATION)}
        return best, which == 'new', dict(before=figures_of(base, dict(zip(found['old'], judged['old']))), after=figures_of(best, dict(zip(found[which], judged[which]))), rows=rows, trees=done[which], compared=done['compared'],
                                          new_network=which == 'new', new_trees=best.plain is not base.plain or best.final is not base.final, new_temperature=best.temperature != base.temperature)

    # ---- 5: the folder

    def write(self, told, new_network, cascade, cascade_told):
        from train import model_card
        a = self.a
        parent = os.path.dirname(os.path.abspath(a.output))
        os.makedirs(parent, exist_ok=True)
        made = os.path.join(parent, f'.{os.path.basename(os.path.abspath(a.output))}.{os.getpid()}.new')
        UNFINISHED.append(made)
        os.makedirs(made)
        try:
            source = self.work.path('network') if new_network else a.customized_model
            shutil.copy(os.path.join(source, 'model.onnx'), made)
            info = self.info()
            if changed(new_network, cascade_told):
                info['version'] = f"{info.get('version', '1')}, trained on with {', '.join(s.name for s in self.samples[:3])}{' and others' if len(self.samples) > 3 else ''}"
            written(os.path.join(made, 'example_info.json'), info)
            if cascade:
                cascade.write(made)
            record = self.record(told, new_network, cascade_told)
            written(os.path.join(made, 'training.json'), record)
            model_card.draw_losses(os.path.join(made, 'loss_curve.svg'), told['history'], told['chosen'])
            with open(os.path.join(made, 'MODEL_CARD.md'), 'w') as f:
                f.write(model_card.text(os.path.basename(os.path.abspath(a.output)), record))
            for name in os.listdir(made):
                with open(os.path.join(made, name)) as f:
                    os.fsync(f.fileno())
            os.rename(made, a.output)
        except OSError as problem:
            raise Stop(f'{a.output} cannot be written: {problem.strerror}', 'check the disk and the path; the same command goes on', RESOURCE, 60) from problem
        finally:
            shutil.rmtree(made, ignore_errors=True)
        return record

    def record(self, told, new_network, cascade_told):
        a = self.a
        counts = {}
        for name in self.image_sets():
            part = VALIDATION if name.startswith('watch.') else NETWORK
            counts[part] = [x + y for x, y in zip(counts.get(part, [0, 0, 0]), self.counts('images', name))]
        settings = {k: v for k, v in vars(a).items() if k in ('regions', 'exclude_regions', 'validation_regions', 'epochs', 'minutes', 'learning_rate', 'batch_size', 'seed') and v}
        settings.update({k: os.path.basename(v) for k, v in (('pangenome', a.pangenome), ('ref', a.ref)) if v})
        return dict(begun_with=dict(folder=os.path.basename(os.path.abspath(a.customized_model)), version=self.info().get('version')), settings=settings,
                    samples=[dict(name=s.name, reads=[os.path.basename(f) for f in s.reads.split(',')], confident_bases=bases(s.confident)) for s in self.samples],
                    block=self.parts.size, megabases=self.megabases, images_by_copies=counts,
                    network=dict(kept='new' if new_network else 'old', **{k: told[k] for k in ('before', 'after', 'chosen', 'steps', 'minutes', 'device', 'torch', 'history')},
                                 batch=told['settings']['batch']),
                    cascade=cascade_told)

    def run(self):
        self.images()
        told, better = self.network()
        if self.has_cascade:
            cascade, new_network, cascade_told = self.cascade(better)
        else:
            cascade, new_network, cascade_told = None, better, None
        record = self.write(told, new_network, cascade, cascade_told)
        from train import model_card
        print(model_card.table(record))
        if not changed(new_network, cascade_told):
            say('nothing that was trained is better on the validation part: the folder holds the model that it began with')
        say(f'written: {self.a.output}; {self.a.work} may go')


def changed(new_network, cascade_told):
    return new_network or bool(cascade_told and (cascade_told['new_trees'] or cascade_told['new_temperature']))


def mean_loss(looks):
    return sum(one['loss'] for one in looks.values()) / len(looks)


def figures_of(cascade, judged):
    from train.figures import figures
    return {look: figures(cascade.answers(rows), rows.label, rows.kind) for look, rows in judged.items()}


def main():
    a = parser().parse_args()
    os.environ.setdefault('OMP_NUM_THREADS', str(a.num_shards))
    end_on_signals()
    try:
        refuse_without('numpy', 'pysam', 'torch', 'onnx', 'lightgbm', 'matplotlib')
        if os.path.lexists(a.output):
            raise Stop(f'--output {a.output} exists', 'name a folder that is not there yet')
        training = Training(a)
        import torch
        if a.device == 'cuda' and not torch.cuda.is_available():
            raise Stop('--device cuda, but PyTorch sees no GPU here', '--device cpu, or check nvidia-smi and the driver')
        training.run()
        return 0
    except DealingError as problem:
        print(Stop(str(problem), 'check --regions, --exclude_regions and --confident_regions', USAGE, 53).text(), file=sys.stderr)
        return USAGE
    except Stop as stop:
        print(stop.text(), file=sys.stderr)
        return stop.status
    except Passed as of:
        print(str(of).rstrip(), file=sys.stderr)
        return of.status
    except OSError as problem:
        print(Stop(f'{problem.strerror or problem}{f": {problem.filename}" if problem.filename else ""}', 'mend it; the same command goes on', RESOURCE, 60).text(), file=sys.stderr)
        return RESOURCE
    except Exception as problem:
        traceback.print_exc()
        print(Stop(f'{type(problem).__name__}: {problem}', 'please report this with what stands above; if it is of the GPU, the same command with --device cpu goes on', INTERNAL, INTERNAL).text(),
              file=sys.stderr)
        return INTERNAL


if __name__ == '__main__':
    sys.exit(main())
