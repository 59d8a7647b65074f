"""A Slurm of the test's own: munged, slurmctld and slurmd of one node on the loopback, all they write in a scratch folder.

Needs Debian's slurm-wlm and munge, no systemd, no cgroup and nothing under /etc. The node claims eight cores whatever the
machine has, so that eight tasks run at once.
"""
import contextlib
import ctypes
import getpass
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

# slurmctld and slurmd stand in sbin, which an ordinary user's PATH may lack.
SEARCH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
PROGRAMS = ["munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "scontrol"]
CORES = 8
PR_SET_PDEATHSIG = 1

CONFIGURATION = """\
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={scratch}/munge.socket
CredType=cred/munge
StateSaveLocation={scratch}/state
SlurmdSpoolDir={scratch}/spool
SlurmctldPidFile={scratch}/slurmctld.pid
SlurmdPidFile={scratch}/slurmd.pid
SlurmctldLogFile={scratch}/slurmctld.log
SlurmdLogFile={scratch}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
ReturnToService=2
SchedulerParameters=batch_sched_delay=0,sched_min_interval=0
NodeName={host} NodeAddr=127.0.0.1 CPUs={cores} Boards=1 SocketsPerBoard=1 CoresPerSocket={cores} ThreadsPerCore=1 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def missing_programs():
    return [program for program in PROGRAMS if shutil.which(program, path=SEARCH) is None]


def until(condition, what, seconds=60):
    """Asks again and again; the value of the condition once it is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s: {what() if callable(what) else what}")


def state_of(pid):
    """The letter of ps for a process, "" when there is none."""
    with contextlib.suppress(OSError):
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return ""


def free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def die_with_the_tests():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class SlurmNode:
    """As a context manager: up and idle inside, ended with all its jobs after."""

    def __init__(self, scratch):
        self.scratch = scratch
        self.host = socket.gethostname().partition(".")[0]
        self.environment = {**{k: v for k, v in os.environ.items() if not k.startswith(("SLURM", "SBATCH", "SQUEUE"))},
                            "PATH": SEARCH, "SLURM_CONF": str(scratch / "slurm.conf")}
        self.daemons = []

    def __enter__(self):
        try:
            self.write_files()
            self.start_daemons()
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(self, *_):
        self.end()

    def write_files(self):
        controller_port, node_port = free_ports(2)
        for folder in ("state", "spool"):
            (self.scratch / folder).mkdir(mode=0o755)
        (self.scratch / "munge.key").write_bytes(os.urandom(128))
        (self.scratch / "munge.key").chmod(0o400)
        (self.scratch / "slurm.conf").write_text(CONFIGURATION.format(
            host=self.host, user=getpass.getuser(), scratch=self.scratch, cores=CORES, controller_port=controller_port,
            node_port=node_port))

    def start_daemons(self):
        own = self.scratch
        # --force: a scratch folder need not be open to all.
        self.start("munged", "--foreground", "--force", f"--key-file={own}/munge.key", f"--socket={own}/munge.socket",
                   f"--pid-file={own}/munged.pid", f"--log-file={own}/munged.log", f"--seed-file={own}/munge.seed")
        self.come_up(lambda: (own / "munge.socket").exists())
        self.start("slurmctld", "-D", "-f", own / "slurm.conf")
        self.come_up(lambda: self.ask("scontrol", "ping", ok=False).returncode == 0)
        self.start("slurmd", "-D", "-f", own / "slurm.conf")
        self.come_up(lambda: "State=IDLE" in self.ask("scontrol", "show", "node", self.host, ok=False).stdout)

    def start(self, program, *words):
        with open(self.scratch / f"{program}.stderr", "w") as log:
            self.daemons.append(subprocess.Popen(
                [shutil.which(program, path=SEARCH), *map(str, words)], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=self.environment, cwd=self.scratch, preexec_fn=die_with_the_tests))

    def come_up(self, sign):
        until(lambda: sign() or any(daemon.poll() is not None for daemon in self.daemons), self.logs)
        assert all(daemon.poll() is None for daemon in self.daemons), self.logs()

    def ask(self, *words, ok=True):
        """A command of Slurm's client programs."""
        done = subprocess.run(list(map(str, words)), capture_output=True, text=True, env=self.environment, timeout=60)
        if ok:
            assert done.returncode == 0, f"{' '.join(map(str, words))}\n{done.stdout}{done.stderr}\n{self.logs()}"
        return done

    def submit(self, *words):
        return int(self.ask("sbatch", "--parsable", *words).stdout)

    def job(self, job):
        """What Slurm knows of a job or array task ("12_3"): JobState, ExitCode and so on."""
        return dict(word.partition("=")[::2] for word in self.ask("scontrol", "-o", "show", "job", job).stdout.split())

    def ended(self, job):
        """Its facts once the job has ended and its processes are gone, else None."""
        facts = self.job(job)
        return facts if facts["JobState"] not in ("PENDING", "CONFIGURING", "RUNNING", "COMPLETING") else None

    def logs(self):
        tails = []
        for log in sorted([*self.scratch.glob("*.log"), *self.scratch.glob("*.stderr")]):
            tails.append(f"{log.name}:\n" + "\n".join(log.read_text(errors="replace").splitlines()[-15:]))
        return "\n".join(tails)

    def processes(self):
        """Whatever runs with our configuration and is no daemon of ours: jobs and their keepers."""
        mark = f"SLURM_CONF={self.scratch}/slurm.conf".encode()
        found = []
        for entry in pathlib.Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if mark in (entry / "environ").read_bytes().split(b"\0") and state_of(entry.name) not in ("", "Z"):
                    found.append(int(entry.name))
        return [pid for pid in found if pid not in [daemon.pid for daemon in self.daemons]]

    def cancel_all(self):
        self.ask("scancel", "--user", getpass.getuser(), ok=False)
        until(lambda: self.ask("squeue", "-h").stdout == "", "the queue is not empty")  # KillWait is 30 s

    def end(self):
        with contextlib.suppress(Exception):
            self.cancel_all()
        for daemon in reversed(self.daemons):  # slurmd, slurmctld, munged
            daemon.terminate()
            try:
                daemon.wait(timeout=10)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
