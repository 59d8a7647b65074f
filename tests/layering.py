#!/usr/bin/env python3
"""Fails when a file includes a module that its add_module(... USES ...) line does not name, when a USES line points upward,
when someone reaches behind a module's front door, when a product file includes what is for tests, or when a library
leaves the one module that may hold it.

usage: layering.py SOURCE_DIR

Front doors of module M: M/M.h and the headers that its add_module line lists as DOORS. The shelves have none: each of
their headers is one. tests/ and bench/ come through the doors like any module; M's own files may include all of M.
"""
import pathlib
import re
import sys

SHELVES = {"base", "genome", "formats"}  # small things, included one by one
OWNED = {"htslib/": {"formats"}, "google/protobuf/": {"formats"}, "openvino/": {"model"}, "CLI/": {"commands"}, "sys/mman.h": {"shared_image", "formats", "gbz"}}
KEYWORDS = ("USES", "DOORS", "LINKS")
FOR_TESTS = re.compile(r"(_test|_fixture|/fixtures|/oracle)\.(h|cc)$")


def contracts(text):
    """name -> {"USES": [...], "DOORS": [...], "LINKS": [...]}, in the order of the file"""
    found = {}
    for name, body in re.findall(r"^add_module\((\w+)([^)]*)\)", text, re.MULTILINE):
        key, found[name] = None, {keyword: [] for keyword in KEYWORDS}
        for word in body.split():
            if word in KEYWORDS:
                key = word
            else:
                found[name][key].append(word)
    return found


def wrong_lines(root, modules):
    """What is wrong with src/CMakeLists.txt itself."""
    order = list(modules)
    for name, contract in modules.items():
        for other in contract["USES"]:
            if other not in order or order.index(other) >= order.index(name):
                yield f"{name} USES {other}, which does not stand before it"
        for door in contract["DOORS"]:
            if not (root / "src" / name / door).is_file():
                yield f"{name} DOORS {door}, which does not exist"


def wrong_include(target, path, module, modules):
    """What is wrong when a file of `module` (None: outside src/) includes `target`, or None."""
    for prefix, owners in OWNED.items():
        if target.startswith(prefix) and module and module not in owners:
            return f"only {', '.join(sorted(owners))} may include <{target}>"
    other, _, header = target.partition("/")
    if other not in modules or not header:
        return None
    test = module is None or FOR_TESTS.search(str(path))
    if FOR_TESTS.search(target):
        if not test:
            return f"{target} is for tests"
        if other != module and other not in SHELVES and not header.endswith("_test.h"):
            return f"{target} is for the tests of {other}"
    elif other != module and other not in SHELVES and header not in (f"{other}.h", *modules[other]["DOORS"]):
        return f"{target} lies behind the front door of {other} (DOORS of its add_module line)"
    if module and other != module and other not in modules[module]["USES"]:
        return f"{module} may not include {other} (its add_module line does not name it)"
    return None


def complaints(root):
    modules = contracts((root / "src/CMakeLists.txt").read_text())
    for wrong in wrong_lines(root, modules):
        yield f"src/CMakeLists.txt: {wrong}"
    for path in sorted(file for top in ("src", "tests", "bench") for file in (root / top).rglob("*")):
        parts = path.relative_to(root).parts
        if path.suffix not in (".h", ".cc") or parts[:2] == ("tests", "oracle") and "target" in parts:
            continue
        module = parts[1] if parts[0] == "src" and len(parts) > 2 else None
        if module and module not in modules:
            yield f"{path.relative_to(root)}: folder without an add_module line"
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = re.match(r'\s*#include\s+[<"]([^>"]+)[>"]', line)
            wrong = match and wrong_include(match.group(1), path, module, modules)
            if wrong:
                yield f"{path.relative_to(root)}:{number}: {wrong}"


def main():
    found = list(complaints(pathlib.Path(sys.argv[1])))
    print("\n".join(found) or "layering holds")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
