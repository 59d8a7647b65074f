"""Results as Markdown: errors by kind, sums beside the peers', the panel's effect, what is required."""
from .callers import PEERS
from .panels import PANELS
from .required import SHARE_OF_BEST_PEER, best_peer, share, verdicts

CALLERS = {"haploom.own": "haploom", "haploom.none": "haploom without panel"} | {name: peer.title for name, peer in PEERS.items()}


def markdown(head, rows, names=1):
    """Columns as wide as their widest cell: `names` of them to the left, then figures."""
    rows = [[str(c) for c in row] for row in rows]
    width = [max(len(row[i]) for row in [head] + rows) for i in range(len(head))]

    def line(row):
        return "| " + " | ".join(c.ljust(w) if i < names else c.rjust(w) for i, (c, w) in enumerate(zip(row, width))) + " |"

    return "\n".join([line(head), "|" + "|".join("-" * (w + 2) if i < names else "-" * (w + 1) + ":" for i, w in enumerate(width)) + "|"]
                     + [line(row) for row in rows])


def kind_cells(kind):
    return [f"{kind['FN']}/{kind['FP']}", f"{kind['F1']:.4f}"]


def by_kind(sets, results):
    rows = []
    for s in sets:
        for caller, title in CALLERS.items():
            if caller in results[s.key]:
                e = results[s.key][caller]
                rows.append([s.key, title, *kind_cells(e.snp), *kind_cells(e.indel), e.total])
    return markdown(["set", "caller", "SNP FN/FP", "F1", "INDEL FN/FP", "F1", "errors"], rows, names=2)


def total_cell(of_set, caller):
    return of_set[caller].total if caller in of_set else "-"


def sums(sets, results):
    rows = []
    for s in sets:
        of_set, best, found = results[s.key], best_peer(results[s.key]), share(results[s.key])
        required = SHARE_OF_BEST_PEER.get(s.key)
        rows.append([s.key, next((f"{e.mb:.2f}" for e in of_set.values()), "-"), *(total_cell(of_set, c) for c in CALLERS),
                     PEERS[best[0]].title if best else "-", "-" if found is None else f"{found:.2f}",
                     *(f"{x:g}" for x in required or ()), *["-"] * (0 if required else 2)])
    return markdown(["set", "Mb", *CALLERS.values(), "best peer", "share", "required", "aim"], rows)


def panel_effect(sets, results):
    rows = [[s.key, *(total_cell(results[s.key], f"haploom.{p}") for p in PANELS)] for s in sets]
    return markdown(["set", *PANELS.values()], rows)


def text(sets, results, absent):
    """absent: {title of a peer: why it is left out}"""
    parts = ["Sets:\n\n" + "\n".join(f"- {s.key}: {s.title}" for s in sets),
             "Errors, missed/false:\n\n" + by_kind(sets, results),
             "Errors of all kinds; share: haploom's beside the best peer's:\n\n" + sums(sets, results),
             "Errors of haploom by panel:\n\n" + panel_effect(sets, results),
             "\n".join(str(v) for v in verdicts(results))]
    if absent:
        parts.append("\n".join(f"{title} left out: {why}" for title, why in absent.items()))
    return "\n\n".join(p for p in parts if p) + "\n"
