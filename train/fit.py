#!/usr/bin/env python3
"""Train the network on labelled examples and write the model folder.

  fit.py --examples DIR --out models/wgs (--epochs N | --minutes M) [--checkpoint FILE] [--start FOLDER] [--device cuda] [--checks N]

In:   DIR/SET.{images.u8,labels.u8,sites.tsv}; sets named watch_* are not trained on, they are what the log reports
Out:  model.onnx, example_info.json and training.json (settings, data, figures) in the folder of --out
A checkpoint is written every few minutes and taken up again by the same command. With --epochs the steps are the same in
every run on one machine with one number of threads; --minutes ends when the time is over, wherever that is.
With --checks the averaged weights are judged so many times on the watched sets, those of the start among them, and the best are
written; without it, the last.
"""
import argparse
import copy
import glob
import json
import math
import os
import queue
import sys
import threading
import time

os.environ.setdefault('OMP_WAIT_POLICY', 'passive')

import numpy as np  # noqa: E402
import torch  # noqa: E402

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from train.augment import augment  # noqa: E402
from train.blocks import blocks  # noqa: E402
from train.data import Examples, Pooled  # noqa: E402
from train.export import export  # noqa: E402
from train.figures import figures, line, loss as mean_loss  # noqa: E402
from train.network import Network, multiply_adds, scaled  # noqa: E402
from train.unfold import unfolded  # noqa: E402

JUDGED = 20_000  # images of the watched sets that a check looks at: those of a whole genome would take longer than the steps between


def load_info(path):
    with open(path) as f:
        info = json.load(f)
    return tuple(info['shape']), tuple(info['channels']), info['height_pangenome'], info.get('flags_for_calling')


def load_sets(folder, shape, thin, rng, half=None, sets=None):
    """-> Pooled training set, {name: Examples} watched sets. half: 0 or 1, to train on every other stretch of the genome only"""
    train, watch = [], {}
    for labels in sorted(glob.glob(os.path.join(folder, '*.labels.u8'))):
        one = Examples(labels[:-len('.labels.u8')], shape)
        if one.name.startswith('watch'):
            watch[one.name] = one
        else:
            if half is not None:
                one.take(blocks(labels[:-len('.labels.u8')], sets)[one.index] % 2 == half)
            train.append(one.thin(thin, rng))
    if not train:
        raise SystemExit(f'fit: error: no training set in {folder}: make it with make_examples.py')
    return Pooled(train), watch


class Feeder:
    """Augmented batches, made by a thread ahead of the network."""

    def __init__(self, data, size, height_pangenome, channels, seed):
        self.queue = queue.Queue(4)
        self.stopped = False
        self.args = (data, size, height_pangenome, channels, seed)
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        data, size, height_pangenome, channels, seed = self.args
        rng = np.random.default_rng(seed)
        while not self.stopped:
            for positions in data.epoch(size, rng):
                images, labels, kinds = data.batch(positions)
                augment(images, height_pangenome, channels, rng)
                self.queue.put((torch.from_numpy(images), torch.from_numpy(labels.astype(np.int64)), kinds))
                if self.stopped:
                    return

    def next(self):
        return self.queue.get()


def average(into, network, decay):
    """Moving average of the weights; counters and running statistics are taken over as they are."""
    with torch.no_grad():
        for a, b in zip(into.state_dict().values(), network.state_dict().values()):
            if a.dtype.is_floating_point:
                a.lerp_(b, 1 - decay)
            else:
                a.copy_(b)


def descend(network, optimizer, images, labels, rate, bf16=True, smoothing=0.0):
    """One step; returns its loss."""
    for group in optimizer.param_groups:
        group['lr'] = rate
    network.train()
    device = next(network.parameters()).device
    images, labels = images.to(device), labels.to(device)
    with torch.autocast(device.type, torch.bfloat16, enabled=bf16):
        logits = network.logits(scaled(images)).float()
    loss = torch.nn.functional.cross_entropy(logits, labels, label_smoothing=smoothing)
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(network.parameters(), 2.0)
    optimizer.step()
    return float(loss.detach())


def device_of(asked):
    """auto: a GPU where there is one."""
    if asked == 'cuda' and not torch.cuda.is_available():
        raise SystemExit('fit: error: --device cuda, but PyTorch sees no GPU here')
    return torch.device('cuda' if asked != 'cpu' and torch.cuda.is_available() else 'cpu')


def predict(network, data, change=None, size=256):
    """Probabilities of all examples of a set. change: what to do to the images first."""
    out = []
    device = next(network.parameters()).device
    network.eval()
    with torch.no_grad():
        for i in range(0, len(data), size):
            images = np.array(data.batch(np.arange(i, min(i + size, len(data))))[0])
            if change:
                change(images)
            out.append(network(scaled(torch.from_numpy(images).to(device))).cpu().numpy())
    return np.concatenate(out) if out else np.zeros((0, 3), np.float32)


def without_panel(height_pangenome):
    def change(images):
        images[:, 5:height_pangenome] = 0
    return change


def watched(network, watch, height_pangenome):
    out = {}
    for name, data in watch.items():
        out[name] = figures(predict(network, data), data.label, data.kind)
        out[name + ' without panel'] = figures(predict(network, data, without_panel(height_pangenome)), data.label, data.kind)
    return out


def some(watch, most, seed):
    """No more than so many images of the watched sets, always the same."""
    pooled = Pooled(list(watch.values()))
    chosen = np.sort(np.random.default_rng(seed).permutation(len(pooled))[:most])
    return Chosen(pooled, chosen)


class Chosen:
    """Some of a pooled set, as predict takes it."""

    def __init__(self, pooled, chosen):
        self.pooled, self.chosen, self.label, self.kind = pooled, chosen, pooled.label[chosen], pooled.kind[chosen]

    def __len__(self):
        return len(self.chosen)

    def batch(self, positions):
        return self.pooled.batch(self.chosen[positions])


def balance(network, data, most=20000):
    """Shifts the last biases so that probabilities fit these images best: those that the network was trained on may have been picked."""
    order = np.random.default_rng(1).permutation(len(data))[:most]
    parts = [data.batch(np.sort(order[i:i + 256])) for i in range(0, len(order), 256)]
    device = next(network.parameters()).device
    network.eval()
    with torch.no_grad():
        logits = torch.cat([network.logits(scaled(torch.from_numpy(np.array(images)).to(device))).cpu() for images, _, _ in parts])
    labels = torch.from_numpy(np.concatenate([label for _, label, _ in parts]).astype(np.int64))
    shift = torch.zeros(3, requires_grad=True)
    solver = torch.optim.LBFGS([shift], max_iter=50)

    def loss():
        solver.zero_grad()
        value = torch.nn.functional.cross_entropy(logits + shift, labels)
        value.backward()
        return value

    solver.step(loss)
    with torch.no_grad():
        shift -= shift.mean()
        network.head[-1].bias += shift.to(device)
    return [round(x, 3) for x in shift.tolist()]


class Schedule:
    """How far the training is, 0..1, by steps or by time; the learning rate that belongs to it."""

    def __init__(self, a, steps_per_epoch):
        self.seconds = a.minutes * 60 if a.minutes else None
        self.steps = max(1, int(a.epochs * steps_per_epoch)) if a.epochs else None
        self.top, self.warmup = a.rate, a.warmup

    def progress(self, step, elapsed):
        return min(1.0, step / self.steps if self.steps else elapsed / self.seconds)

    def rate(self, step, progress):
        return self.top * min(1.0, (step + 1) / self.warmup) * (0.5 + 0.5 * math.cos(math.pi * progress)) + 1e-6


class Run:
    def __init__(self, a):
        self.a = a
        self.shape, self.channels, self.height, self.flags = load_info(a.info)
        torch.manual_seed(a.seed)
        torch.set_num_threads(a.threads)
        self.device = device_of(a.device)
        self.data, self.watch = load_sets(a.examples, self.shape, a.thin, np.random.default_rng(a.seed), a.half, a.sets)
        self.network = self.first_network().to(self.device)
        self.mean = copy.deepcopy(self.network)
        self.optimizer = torch.optim.AdamW(self.network.parameters(), lr=a.rate, weight_decay=a.weight_decay)
        if len(self.data) < a.batch:
            raise SystemExit(f'fit: error: {len(self.data)} images fill no batch of {a.batch}: give more sets, or a smaller --batch')
        self.schedule = Schedule(a, len(self.data) // a.batch)
        self.step, self.elapsed = 0, 0.0
        self.judged = some(self.watch, JUDGED, a.seed) if a.checks else None
        self.history, self.best, self.before = [], None, None
        if a.checkpoint and os.path.exists(a.checkpoint):
            self.resume()
        self.log(f'{len(self.data)} examples, {[int((self.data.label == k).sum()) for k in range(3)]} by copies, '
                 f'{sum(p.numel() for p in self.network.parameters())} weights, {multiply_adds(copy.deepcopy(self.network).cpu(), self.shape) / 1e6:.1f} M multiply-adds')

    def first_network(self, measured_on=1024):
        if not self.a.start:
            return Network(self.shape, self.height)
        some = np.random.default_rng(self.a.seed).permutation(len(self.data))[:measured_on]
        return unfolded(self.a.start, self.shape, self.height, np.array(self.data.batch(some)[0]))

    def log(self, text):
        print(f'{time.strftime("%H:%M:%S")} {text}', flush=True)

    def resume(self):
        state = torch.load(self.a.checkpoint, weights_only=True, map_location=self.device)
        self.network.load_state_dict(state['network'])
        self.mean.load_state_dict(state['mean'])
        self.optimizer.load_state_dict(state['optimizer'])
        self.step, self.elapsed = state['step'], state['elapsed']
        self.history, self.best, self.before = state.get('history', []), state.get('best'), state.get('before')
        self.log(f'taken up at step {self.step}')

    def save(self):
        if self.a.checkpoint:
            state = dict(network=self.network.state_dict(), mean=self.mean.state_dict(), optimizer=self.optimizer.state_dict(),
                         step=self.step, elapsed=self.elapsed, history=self.history, best=self.best, before=self.before)
            torch.save(state, self.a.checkpoint + '.new')
            os.replace(self.a.checkpoint + '.new', self.a.checkpoint)

    def one_step(self, images, labels, progress):
        loss = descend(self.network, self.optimizer, images, labels, self.schedule.rate(self.step, progress), self.a.bf16, self.a.smoothing)
        average(self.mean, self.network, min(0.999, (1 + self.step) / (10 + self.step)))
        self.step += 1
        return loss

    def report(self, losses):
        self.log(f'step {self.step} ({self.step * self.a.batch / len(self.data):.2f} epochs), {self.elapsed / 60:.1f} min, loss {np.mean(losses):.5f}')
        for name, data in self.watch.items():
            print(line(name, figures(predict(self.mean, data), data.label, data.kind)), flush=True)
        export(copy.deepcopy(self.mean).cpu(), self.shape, self.channels, self.height, self.a.out, self.flags)

    def judge(self, losses):
        """Notes training's and watched loss, and keeps the averaged weights if no earlier ones were better: watched images count as they
        are and, if --panel, without their panel, and neither look may be worse than it was at the start."""
        looks = [None, without_panel(self.height)] if self.a.panel else [None]
        looks = [mean_loss(predict(self.mean, self.judged, look), self.judged.label) for look in looks]
        found = float(np.mean(looks))
        self.history.append(dict(step=self.step, training=round(float(np.mean(losses)), 5) if losses else None, watched=round(found, 5), looks=looks))
        worse = sum(now > start for now, start in zip(looks, self.history[0]['looks']))
        if self.best is None or (worse, found) < (self.best['worse'], self.best['loss']):
            self.best = dict(worse=worse, loss=found, step=self.step, weights={k: v.clone() for k, v in self.mean.state_dict().items()})
        self.save()
        self.log(f'step {self.step} ({self.step * self.a.batch / len(self.data):.2f} epochs), {self.elapsed / 60:.1f} min, '
                 f"loss {self.history[-1]['training']}, watched {found:.5f}, best at step {self.best['step']}")

    def fit(self):
        if self.a.checks:
            self.fit_and_choose()
        else:
            self.fit_to_the_end()

    def fit_and_choose(self):
        if not self.history:
            self.before = self.together()
            self.judge([])
        feeder = Feeder(self.data, self.a.batch, self.height, self.channels, [self.a.seed, self.step])
        losses, clock = [], time.time()
        while (progress := self.schedule.progress(self.step, self.elapsed)) < 1.0:
            images, labels, _ = feeder.next()
            losses.append(self.one_step(images, labels, progress))
            now = time.time()
            self.elapsed += now - clock
            if self.schedule.progress(self.step, self.elapsed) * self.a.checks >= len(self.history):
                self.judge(losses)
                losses = []
            clock = time.time()
        feeder.stopped = True
        self.save()

    def together(self):
        """Figures of all watched sets as one."""
        pooled = Pooled(list(self.watch.values()))
        return {name: figures(predict(self.mean, pooled, change), pooled.label, pooled.kind)
                for name, change in [('as drawn', None)] + ([('without panel', without_panel(self.height))] if self.a.panel else [])}

    def fit_to_the_end(self):
        feeder = Feeder(self.data, self.a.batch, self.height, self.channels, [self.a.seed, self.step])
        losses, saved, clock = [], time.time(), time.time()
        while True:
            progress = self.schedule.progress(self.step, self.elapsed)
            if progress >= 1.0:
                break
            images, labels, _ = feeder.next()
            losses.append(self.one_step(images, labels, progress))
            now = time.time()
            self.elapsed += now - clock
            clock = now
            if now - saved > self.a.report_minutes * 60:
                self.save()
                self.report(losses)
                losses, saved, clock = [], time.time(), time.time()
        feeder.stopped = True
        self.save()

    def finish(self):
        if self.best:
            self.mean.load_state_dict(self.best['weights'])
        if self.a.balance:
            whole = [Examples(labels[:-len('.labels.u8')], self.shape) for labels in sorted(glob.glob(os.path.join(self.a.examples, self.a.balance + '.labels.u8')))]
            self.log(f'biases shifted by {balance(self.mean, Pooled(whole))} to fit {len(whole)} sets')
        difference = export(copy.deepcopy(self.mean).cpu(), self.shape, self.channels, self.height, self.a.out, self.flags)
        result = watched(self.mean, self.watch, self.height)
        for name, f in result.items():
            print(line(name, f), flush=True)
        settings = {k: v for k, v in vars(self.a).items() if k not in ('checkpoint', 'examples', 'sets', 'out', 'info')}
        settings['start'] = os.path.basename(self.a.start) if self.a.start else None
        summary = dict(settings=settings, steps=self.step, minutes=round(self.elapsed / 60, 1), sets=len(self.data.sets), examples=len(self.data),
                       by_copies=[int((self.data.label == k).sum()) for k in range(3)], torch=torch.__version__, device=self.device.type, watched=result)
        if self.best:
            summary.update(history=[{k: v for k, v in h.items() if k != 'looks'} for h in self.history], chosen=self.best['step'], before=self.before, after=self.together())
        path = os.path.join(self.a.out, 'training.json')
        with open(path + '.new', 'w') as f:
            json.dump(summary, f, indent=1)
            f.write('\n')
        os.replace(path + '.new', path)
        self.log(f'written to {self.a.out}; folding changes an answer by at most {difference:.1e}')


def parser():
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--examples', required=True)
    ap.add_argument('--out', required=True)
    ap.add_argument('--info', default=os.path.join(here, 'models', 'wgs', 'example_info.json'), help='of the examples: shape, channels, the flags they were drawn with')
    ap.add_argument('--epochs', type=float)
    ap.add_argument('--minutes', type=float)
    ap.add_argument('--checkpoint')
    ap.add_argument('--start', help='a model folder whose weights are gone on from; use a smaller --rate')
    ap.add_argument('--half', type=int, choices=(0, 1), help='train on every other stretch of the genome (blocks.py), so that this network can answer for the others; needs --sets')
    ap.add_argument('--sets', help='folder of make_sets.py')
    ap.add_argument('--balance', metavar='GLOB', help='sets of --examples with all their images, when others hold picked ones: the last biases are fitted to these')
    ap.add_argument('--seed', type=int, default=1)
    ap.add_argument('--batch', type=int, default=128)
    ap.add_argument('--rate', type=float, default=2e-3)
    ap.add_argument('--warmup', type=int, default=200, help='steps')
    ap.add_argument('--weight-decay', type=float, default=0.02)
    ap.add_argument('--smoothing', type=float, default=0.002)
    ap.add_argument('--thin', type=float, default=0.5, help='share of easy images without a copy that is kept')
    ap.add_argument('--threads', type=int, default=2)
    ap.add_argument('--report-minutes', type=float, default=4)
    ap.add_argument('--no-bf16', dest='bf16', action='store_false', help='train in float32')
    ap.add_argument('--device', choices=('auto', 'cpu', 'cuda'), default='cpu', help='auto: a GPU where there is one')
    ap.add_argument('--checks', type=int, default=0, help='how often the watched sets are looked at; the best of these weights are written')
    ap.add_argument('--panel', action='store_true', help='checks look at the watched sets without their panel, too')
    return ap


def main(words=None):
    ap = parser()
    a = ap.parse_args(words)
    if bool(a.epochs) == bool(a.minutes):
        ap.error('one of --epochs and --minutes is needed')
    if a.half is not None and not a.sets:
        ap.error('--half needs --sets')
    run = Run(a)
    run.fit()
    run.finish()
    return 0


if __name__ == '__main__':
    sys.exit(main())
