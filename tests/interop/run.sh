#!/usr/bin/env bash
# Exports the main job and an awkward inventory, and reads them back with the programs people use.
# sh tests/interop/run.sh [FOLDER]: readers are installed into FOLDER (target/interop by default). Says and
# counts what it could not run; fails only when something that was read is not equal.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=tests/interop
folder="${1:-target/interop}"
mkdir -p "$folder"
run=0 left_out=0
leave_out() { echo "not run: $1"; left_out=$((left_out + 1)); }

# RURBAN_BUILD: how to build, for those who have built already.
build="${RURBAN_BUILD:---release --features parquet,xlsx}"
export="cargo run --quiet $build --example map_cooperations -- --export gexf,graphml,json,geoparquet,xlsx"
$export --out "$folder/france" >"$folder/france.txt"
$export --out "$folder/hostile" --level commune --actors "$here/hostile.csv" --cooperations "$here/hostile_ties.csv" \
    --findings "$folder/findings.csv" >"$folder/hostile.txt"

if python3 -m venv "$folder/python" 2>/dev/null && "$folder/python/bin/pip" install --quiet --requirement "$here/requirements.txt"; then
    for study in france hostile; do
        "$folder/python/bin/python" "$here/read_back.py" "$folder/$study"
        run=$((run + 7))
    done
    for layer in "$folder"/france/*.parquet; do
        echo "gpio check   $layer"
        if "$folder/python/bin/gpio" check all "$layer" >"$folder/gpio.txt" 2>&1; then
            run=$((run + 1))
        elif grep -q "Spec validation could not run" "$folder/gpio.txt" && [ "$(grep -c '✗' "$folder/gpio.txt")" -le 2 ]; then
            leave_out "gpio's validation of $layer: DuckDB's extension cannot be fetched; its other checks are clean"
        else
            cat "$folder/gpio.txt"
            exit 1
        fi
    done
else
    leave_out "7 readers of two studies: no Python 3 with venv, or no package index"
fi

if command -v npm >/dev/null && cp "$here/package.json" "$here/package-lock.json" "$here/geojson.mjs" "$folder/" &&
    (cd "$folder" && npm ci --silent); then
    (cd "$folder" && node geojson.mjs france/metrics.geojson hostile/metrics.geojson)
    run=$((run + 2))
else
    leave_out "geojsonhint: no npm, or no package index"
fi
echo "interop: $run readings equal, $left_out groups of readers not run"
