"""The callers: haploom, called each time, and its peers, called once for each set, as their users do on one core.

A peer that is not installed is left out by name.
"""
import os
import pathlib
import shutil

from .sets import ROOT, run

JARS = pathlib.Path(os.environ.get("HAPLOOM_GATK") or ROOT / "build/judges/gatk")


def without(*programs):
    missing = [p for p in programs if shutil.which(p) is None]
    return f"no {missing[0]} on PATH" if missing else None


class Bcftools:
    title = "bcftools"

    @staticmethod
    def absent():
        return without("bcftools")

    @staticmethod
    def command(s, out):
        return (f"bcftools mpileup -f {s.ref} -r {s.region} {s.reads} | bcftools call -mv | "
                f"bcftools view -i 'QUAL>=20' -Oz -o {out}")


class Freebayes:
    title = "freebayes"

    @staticmethod
    def absent():
        return without("freebayes")

    @staticmethod
    def command(s, out):
        contig, span = s.region.split(":")
        first, last = map(int, span.split("-"))
        return (f"freebayes -f {s.ref} -r {contig}:{first - 1}-{last} {s.reads} | "
                f"bcftools view -i 'QUAL>=20' -Oz -o {out}")


class Gatk:
    title = "GATK HC"

    @staticmethod
    def absent():
        return without("java") or (None if list(JARS.glob("gatk-4*.jar")) else f"no jars in {JARS}: ./run setup-judges")

    @staticmethod
    def command(s, out):
        return (f"java -Xmx2g -XX:ActiveProcessorCount=1 -cp '{JARS}/*' org.broadinstitute.hellbender.Main HaplotypeCaller -R {s.ref} "
                f"-I {s.reads} -L {s.region} -O {out} --native-pair-hmm-threads 1 --verbosity ERROR")


class Strelka2:
    title = "strelka2"

    @staticmethod
    def absent():
        return "neither Debian 12 nor PyPI has it"


PEERS = {"bcftools": Bcftools, "freebayes": Freebayes, "gatk": Gatk, "strelka2": Strelka2}


def peer_calls(name, s):
    """The peer's VCF of the set: made where it is not there."""
    out = s.place / "peers" / f"{name}.vcf.gz"
    if not out.exists():
        out.parent.mkdir(exist_ok=True)
        part = out.parent / f"part.{name}.vcf.gz"
        run(PEERS[name].command(s, part))
        part.rename(out)
    return out


def haploom_calls(s, gbz, out, store, model=None):
    """haploom's VCF, on one core."""
    run(f"haploom call --ref {s.ref} --reads {s.reads} --regions {s.region} --gbz_store_dir {store} --output_vcf {out}"
        + (f" --pangenome {gbz}" if gbz else "") + (f" --customized_model {model}" if model else ""))
    return out
