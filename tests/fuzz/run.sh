#!/bin/bash
# A fuzz target under libFuzzer with AddressSanitizer and UndefinedBehaviorSanitizer.
#
#   tests/fuzz/run.sh NAME CPU_SECONDS     NAME: gbz, image, gfa, index, record_view or records
#
# Begins with tests/fuzz/corpus/NAME and the seeds of fuzz_seeds; what it finds new goes to build-fuzz/found/NAME, what ends
# the program to build-fuzz/finds/NAME-*. Exit 0: CPU_SECONDS of work without a find.
# Debian packages: those of ./run setup, clang-14 libfuzzer-14-dev libclang-rt-14-dev.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
[ $# = 2 ] && [ -e "tests/fuzz/fuzz_$1.cc" ] || { sed -n '2,10s/^# \{0,1\}//p' "$0" >&2; exit 2; }
name=$1 cpu_seconds=$2 build=${HAPLOOM_FUZZ_BUILD:-build-fuzz}
openvino=$(.venv/bin/python -c 'import pathlib, sys; print(next(pathlib.Path(sys.prefix).glob("lib/python3*/site-packages/openvino/cmake")))')
CXX=clang++-14 cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DHAPLOOM_FUZZ=ON -DHAPLOOM_SANITIZE=ON \
  -DCMAKE_CXX_FLAGS=-Wno-unknown-warning-option -DOpenVINO_DIR="$openvino" >"$build.log" || { cat "$build.log" >&2; exit 1; }
rm "$build.log"
ninja -C "$build" "fuzz_$name" fuzz_seeds >&2
mkdir -p "$build/found/$name" "$build/finds"
"$build/tests/fuzz_seeds" tests/data/small.gfa "$build/seeds"

# libFuzzer counts wall seconds; a busy machine gives fewer of the processor than that. (Minutes and seconds of the
# children, as `times` says; in a pipe it would speak of another shell.)
cpu_used() {
  times >"$build/times"
  awk 'NR == 2 {for (i = 1; i <= 2; ++i) {split($i, part, /[ms]/); sum += 60 * part[1] + part[2]} print int(sum)}' "$build/times"
}
before=$(cpu_used)
while left=$((cpu_seconds + before - $(cpu_used))); [ "$left" -gt 0 ]; do
  UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 nice "$build/tests/fuzz_$name" -max_len=8192 -timeout=10 -rss_limit_mb=1024 \
    -malloc_limit_mb=1024 -use_value_profile=1 -print_final_stats=1 -max_total_time="$left" -artifact_prefix="$build/finds/$name-" \
    "$build/found/$name" "tests/fuzz/corpus/$name" "$build/seeds/$name"
done
