"""The work folder of `haploom train`: what a training has made so far, with what settings, so that the same command goes on.

settings.json is written first. A command with other settings, or whose inputs have changed since, is refused: half of one training
and half of another is neither. What does not change the result (threads, device, where the model goes) may differ.
"""
import contextlib
import fcntl
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time

USAGE, INPUT, RESOURCE, INTERNAL = 2, 3, 4, 70   # exit codes, as docs/errors.md has them


class Stop(Exception):
    """Ends the command with a message of two lines, a reason and an exit code."""

    def __init__(self, message, remedy, status=USAGE, reason=2):
        super().__init__(message)
        self.remedy, self.status, self.reason = remedy, status, reason

    def text(self):
        return f'error [train/{self.reason}]: {self}\n  try:   {self.remedy}'


class Passed(Exception):
    """A program of ours has ended with a message of its own, which is handed on with its exit code."""

    def __init__(self, text, status):
        super().__init__(text)
        self.status = status


CHILDREN, UNFINISHED = [], []  # processes that run for us; folders that go when we go


def end_on_signals():
    """SIGTERM, SIGINT and SIGHUP end the command at once, as an exception would not (PyTorch swallows some): everything that is kept was renamed
    into place when it was whole."""
    def end(number, _):
        for pid in CHILDREN:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(pid, signal.SIGTERM)
                os.waitpid(pid, 0)
        for folder in UNFINISHED:
            shutil.rmtree(folder, ignore_errors=True)
        print(f'haploom: stopped by signal {number}; the same command goes on', file=sys.stderr, flush=True)
        os._exit(128 + number)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:  # nohup
            signal.signal(number, end)


def say(text):
    print(f'{time.strftime("%H:%M:%S")} [train] {text}', file=sys.stderr, flush=True)


def print_of(paths):
    """Size and time of each file: what tells whether it is still the same."""
    return {path: [os.stat(path).st_size, os.stat(path).st_mtime_ns] for path in sorted(set(paths))}


def written(path, value):
    with open(path + '.new', 'w') as f:
        json.dump(value, f, indent=1)
        f.write('\n')
    os.replace(path + '.new', path)


class WorkFolder:
    def __init__(self, folder, settings, inputs):
        """settings: all that the result depends on; inputs: paths of files."""
        self.folder = folder
        try:
            if os.path.isdir(folder) and os.listdir(folder) and not os.path.exists(self.path('settings.json')):
                raise Stop(f'--work {folder} holds other files', 'name a folder that is empty or not there yet')
            os.makedirs(folder, exist_ok=True)
            self.lock = open(self.path('lock'), 'w')
        except OSError as problem:
            raise Stop(f'--work {folder} cannot be written: {problem.strerror}', 'check the path and the rights of this account', RESOURCE, 60) from problem
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            raise Stop(f'another haploom train works in {folder}', 'wait for it, or give another --work', RESOURCE, 60) from problem
        mine = json.loads(json.dumps(dict(settings=settings, inputs=print_of(inputs))))
        self.resumed = os.path.exists(self.path('settings.json'))
        if self.resumed:
            self.refuse_other(mine)
        else:
            written(self.path('settings.json'), mine)
        for name in ('log', 'images', 'numbers'):
            os.makedirs(self.path(name), exist_ok=True)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def refuse_other(self, mine):
        with open(self.path('settings.json')) as f:
            begun = json.load(f)
        other = [f'--{k} was {told(begun["settings"].get(k))}' for k, v in mine['settings'].items() if begun['settings'].get(k) != v]
        other += [f'{p} has changed' for p, v in mine['inputs'].items() if begun['inputs'].get(p, v) != v]
        if other:
            raise Stop(f'{self.folder} was begun otherwise: {"; ".join(other)}', f'the command as it was, or another --work, or rm -r {shlex.quote(self.folder)}')

    def run(self, words, name):
        """A program of ours; what it says goes into log/NAME.log. An error of it becomes ours."""
        log = self.path('log', name + '.log')
        with open(log, 'w') as f:
            f.write(' '.join(shlex.quote(word) for word in words) + '\n')
            f.flush()
            child = subprocess.Popen(words, stdout=f, stderr=subprocess.STDOUT)
            CHILDREN.append(child.pid)
            status = child.wait()
            CHILDREN.remove(child.pid)
        if status != 0:
            with open(log) as f:
                told_by_it = f.read()
            at = told_by_it.rfind('error [')
            raise Passed(told_by_it[at:] if at >= 0 else f'error [train/70]: {words[0]} {words[1]} ended with {status}\n  try:   see {log}', status if status > 0 else 128 - status)


def told(value):
    return 'not given' if value in (None, '', []) else value if isinstance(value, str) else json.dumps(value)
