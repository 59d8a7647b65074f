#!/usr/bin/env python3
"""Fails when a file of src/ includes a module that its add_module(... USES ...) line does not name, when a USES line
points upward, when someone reaches behind a stage's front door, or when a library leaves the one module that may hold it.

usage: layering.py SOURCE_DIR
"""
import pathlib
import re
import sys

SHELVES = {"base", "genome", "formats"}  # small things, included one by one
OWNED = {"htslib/": "formats", "openvino/": "model", "CLI/": "commands", "sys/mman.h": {"shared_image", "formats", "gbz"}}


def contracts(text):
    """name -> modules it may include, in the order of the file"""
    found = {}
    for name, body in re.findall(r"add_module\((\w+)([^)]*)\)", text):
        uses = re.search(r"USES([\w\s]*?)(?:LINKS|$)", body)
        found[name] = uses.group(1).split() if uses else []
    return found


def complaints(root):
    uses = contracts((root / "src/CMakeLists.txt").read_text())
    order = list(uses)
    for name, used in uses.items():
        for other in used:
            if other not in order or order.index(other) >= order.index(name):
                yield f"src/CMakeLists.txt: {name} USES {other}, which does not stand before it"
    for path in sorted((root / "src").rglob("*")):
        if path.suffix not in (".h", ".cc") or path.parent == root / "src":
            continue
        module = path.relative_to(root / "src").parts[0]
        if module not in uses:
            yield f"{path}: folder without an add_module line"
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = re.match(r'\s*#include\s+[<"]([^>"]+)[>"]', line)
            if not match:
                continue
            target, where = match.group(1), f"{path.relative_to(root)}:{number}"
            for prefix, owner in OWNED.items():
                owners = owner if isinstance(owner, set) else {owner}
                if target.startswith(prefix) and module not in owners:
                    yield f"{where}: only {', '.join(sorted(owners))} may include <{target}>"
            first = target.split("/")[0]
            if first not in uses or first == module or "/" not in target:
                continue
            if first not in uses[module]:
                yield f"{where}: {module} may not include {first} (its add_module line does not name it)"


def main():
    found = list(complaints(pathlib.Path(sys.argv[1])))
    print("\n".join(found) or "layering holds")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
