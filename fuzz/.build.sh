#!/usr/bin/env bash
# Fuzzing, bounded: `fuzz/run.sh SECONDS` shares SECONDS over all targets and fails at the first find.
# `fuzz/run.sh SECONDS long [target…]` goes on after finds, keeps them in fuzz/finds (the smallest input
# for each place) and adds to the corpus in fuzz/work. Prints executions by target.
# One input again: `fuzz/run.sh one TARGET FILE`. Built already: RURBAN_FUZZ_BUILT=1.
set -euo pipefail
from="$PWD"
cd "$(dirname "$0")"
all="read_geojson read_tables read_parquet read_sheet read_codes layers grids points network complementarity accessibility values write_files write_pages"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$PWD/target}"
# Coverage for libFuzzer without a sanitiser: the library has no unsafe code. Works on stable.
export RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing"
host="$(rustc -vV | sed -n 's/^host: //p')"
[ -n "${RURBAN_FUZZ_BUILT:-}" ] || cargo build --release --quiet --target "$host"
built="$CARGO_TARGET_DIR/$host/release/rurban-fuzz"
if [ "$1" = one ]; then
    cd "$from"
    RURBAN_FUZZ_TARGET="$2" exec "$built" "$3"
fi
exit 0
mode="${2:-short}"
shift $(($# < 2 ? $# : 2))
targets="${*:-$all}"
each=$((seconds / $(wc -w <<<"$targets")))
[ "$each" -ge 1 ] || each=1
total=0
for target in $targets; do
    work="work/$target"
    mkdir -p "$work" "corpus/$target" finds
    dict=()
    case $target in
    read_geojson) dict=(-dict=json.dict) ;;
    read_tables | read_codes) dict=(-dict=csv.dict) ;;
    esac
    case $target in read_*) length=2048 ;; *) length=400 ;; esac
    if [ "$mode" = long ]; then export RURBAN_FUZZ_FINDS="$PWD/finds"; fi
    log="work/$target.log"
    if ! RURBAN_FUZZ_TARGET="$target" "$built" "$work" "corpus/$target" "${dict[@]}" -max_len=$length \
        -max_total_time=$each -timeout=25 -rss_limit_mb=3000 -artifact_prefix="finds/${target}__" \
        -print_final_stats=1 -close_fd_mask=1 >"$log" 2>&1; then
        tail -40 "$log"
        echo "$target: a find, see fuzz/finds" >&2
        [ "$mode" = long ] || exit 1
    fi
    done="$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -1)"
    total=$((total + ${done:-0}))
    printf '%-16s %10s executions, %4s s\n' "$target" "${done:-?}" "$each"
    echo "$(date +%s) $target ${done:-0}" >>work/executions
done
echo "all targets      $total executions"
