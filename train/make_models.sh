#!/bin/bash
# From nothing but real sequences to the trees of all shipped models, and their network gone on from the one that is there.
#
#   train/make_models.sh DATA WORK [JOBS]
#
# DATA: as of make_sets.py. WORK: 60 GB; what is complete there is left alone, so that the same command goes on. models/ is
# written in the end. Needs ./run build and ./run setup-train; about ten CPU-hours, of which the networks take two.
set -euo pipefail
DATA=$(realpath "$1") W=$(realpath -m "$2") JOBS=${3:-2}
cd "$(dirname "$(readlink -f "$0")")/.."
PLAIN=.venv/bin/python TRAIN=.train-venv/bin/python
PANELS=(own none two)
export PATH=$PWD/build/bin:$PWD/.venv/bin:$PATH

for list in cascade exome other_species; do
  $PLAIN train/make_sets.py --data "$DATA" --out "$W/sets" --sets train/${list}_sets.json --jobs "$JOBS"
done
names() { find -L "$W/sets" -mindepth 2 -maxdepth 2 -name manifest.json -printf '%h\n' | xargs -n1 basename | sed 's/\..*/./' | sort -u | grep -E "$1"; }
mapfile -t species < <(names species)
mapfile -t people < <(names . | grep -v species)

# examples OUT MODEL KIND: people with each of the panels, species without one
examples() {
  local common=(--sets "$W/sets" --out "$1" --haploom build/bin/haploom --model "$2" --jobs "$JOBS" --data "$DATA" "$3")
  $PLAIN train/make_examples.py "${common[@]}" --panels "${PANELS[@]}" --only "${people[@]}"
  $PLAIN train/make_examples.py "${common[@]}" --panels none --only "${species[@]}"
}

# What the plain trees leave open is what the network learns from; all images of some sets, so that it can answer alone, too.
examples "$W/images" models/wgs --open
$PLAIN train/make_examples.py --sets "$W/sets" --out "$W/whole" --haploom build/bin/haploom --model models/wgs --jobs "$JOBS" \
  --only "${people[@]/%/01}" "${people[@]/%/04}" "${people[@]/%/07}"
for file in "$W"/whole/*.{labels.u8,labels.json,sites.tsv,images.u8}; do
  base=$(basename "$file")
  ln -sf "$file" "$W/images/$(sed -E 's/^([^.]*\.[0-9]+)\./\1.full./' <<<"$base")"
done

# Two networks, each gone on from on every other stretch of the genome: the trees are fitted on the answers of the one that did not see
# the stretch here. (What they began with had seen all of it, under other donors and reads, or under these where models/wgs is remade.)
for half in 0 1; do
  [ -e "$W/half$half/training.json" ] || $TRAIN train/fit.py --examples "$W/images" --sets "$W/sets" --half $half --start models/wgs --out "$W/half$half" \
    --checkpoint "$W/half$half.pt" --epochs 3 --rate 5e-4 --thin 0.6 --smoothing 0.001 --balance '*.full'
  examples "$W/numbers$half" "$W/half$half" --numbers
  mkdir -p "$W/none$half"
  ln -sf "$W/numbers$half"/*.none.* "$W/none$half/"
done
[ -e "$W/network/training.json" ] || $TRAIN train/fit.py --examples "$W/images" --start models/wgs --out "$W/network" --checkpoint "$W/network.pt" \
  --epochs 2 --rate 5e-4 --thin 0.6 --smoothing 0.001 --balance '*.full'

# trees MODEL NUMBERS [option...]
trees() {
  mkdir -p "models/$1"
  cp "$W"/network/{model.onnx,example_info.json,training.json} "models/$1/"
  $TRAIN train/fit_trees.py --numbers "$W/${2}0" "$W/${2}1" --sets "$W/sets" --out "models/$1" "${@:3}"
}
mapfile -t genomes < <(printf '%s\n' "${people[@]}" | grep -v exome)
trees wgs numbers --only "${genomes[@]}"
trees wes numbers --only "${people[@]}" --weight exome=5
trees any_species none --without panel --only "${genomes[@]}" "${species[@]}" --weight species=3
