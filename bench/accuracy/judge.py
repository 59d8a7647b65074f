"""Errors of a call set by the shared compare_calls.py (haplotype-aware, as GIAB counts), kept beside the calls of a peer."""
import dataclasses
import json
import subprocess
import sys

from .sets import SHARED


@dataclasses.dataclass
class Errors:
    """Missed and false alleles by kind, and over how many confident bases."""
    snp: dict
    indel: dict
    bases: int

    @classmethod
    def of(cls, result):
        return cls(result["SNP"], result["INDEL"], result["confident_bases"])

    @property
    def total(self):
        return sum(kind[e] for kind in (self.snp, self.indel) for e in ("FN", "FP"))

    @property
    def mb(self):
        return self.bases / 1e6


def compared(s, calls):
    done = subprocess.run([sys.executable, SHARED / "tools/compare_calls.py", "--ref", s.ref, "--truth", s.truth, "--query", calls,
                           "--bed", s.bed, "--region", s.region], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"bench accuracy: {s.key}: {done.stderr}")
    return json.loads(done.stdout)


def judged(s, calls):
    return Errors.of(compared(s, calls))


def judged_once(s, calls):
    """The same, kept as NAME.json beside the calls."""
    kept = calls.parent / (calls.name.split(".")[0] + ".json")
    if not kept.exists():
        part = kept.with_suffix(".part")
        part.write_text(json.dumps(compared(s, calls), indent=1))
        part.rename(kept)
    return Errors.of(json.loads(kept.read_text()))
