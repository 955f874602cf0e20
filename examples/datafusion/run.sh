#!/usr/bin/env bash
# A scheduler and two executors on this machine, the queries of sql/ through them, their numbers beside those in
# memory; stops everything at the end, whatever happens.
#
#   ./run.sh [ROWS]         10,000,000 points unless told otherwise
#   ./run.sh kill [ROWS]    one executor is killed in the middle of the counts: they go on at the other one
#   ./run.sh kill-all [ROWS]    both are: the query ends with an error
#
# Wants `cargo build --release --features ballista` first; builds it otherwise.
set -euo pipefail
cd "$(dirname "$0")"

victims=
case "${1:-}" in kill) victims=2; shift ;; kill-all) victims="1 2"; shift ;; esac
rows=${1:-10000000}
port=${PORT:-50050}
binary=target/release/rurban-datafusion
[ -x "$binary" ] && "$binary" executor --help > /dev/null 2>&1 || cargo build --release --features ballista

work=$(mktemp -d)
started=()
stop() {
    for pid in "${started[@]}"; do kill "$pid" 2> /dev/null || true; done
    for pid in "${started[@]}"; do wait "$pid" 2> /dev/null || true; done
    rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT TERM

data=data/$rows
if [ ! -f "$data/ties.parquet" ]; then
    echo "writing $rows points into $data"
    "$binary" points --rows "$rows" "$data"
fi

"$binary" scheduler --listen "127.0.0.1:$port" --executors 2 > "$work/scheduler.log" 2>&1 &
started+=($!)
for n in 1 2; do
    "$binary" executor --scheduler "127.0.0.1:$port" --port $((port + 10 * n)) --cores 1 \
        --scratch "$work/executor$n" > "$work/executor$n.log" 2>&1 &
    started+=($!)
done
for _ in $(seq 120); do
    [ "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/readyz" || true)" = 200 ] && ready=yes && break
    for pid in "${started[@]}"; do
        kill -0 "$pid" 2> /dev/null || { echo "a process ended before the queries:" >&2; cat "$work"/*.log >&2; exit 1; }
    done
    sleep 0.5
done
[ "${ready:-}" = yes ] || { echo "the executors did not register within a minute" >&2; cat "$work"/*.log >&2; exit 1; }
echo "a scheduler and two executors are there"

if [ -z "$victims" ]; then
    "$binary" check "$data" --scheduler "df://127.0.0.1:$port"
    exit
fi

"$binary" check "$data" --scheduler "df://127.0.0.1:$port" --only counts &
check=$!
# The counts begin when the executor starts to write what it hands on, or soon enough.
sleep "${KILL_AFTER:-4}"
kill -0 "$check" 2> /dev/null || { echo "the query ended before an executor was killed: take more rows" >&2; exit 1; }
for n in $victims; do
    kill -9 "${started[n]}"
    wait "${started[n]}" 2> /dev/null || true
    echo "executor $n was killed"
done
ended=0
wait "$check" || ended=$?
if [ "$victims" = 2 ]; then
    [ "$ended" = 0 ] && echo "the query went on at the other executor, with the same numbers"
    exit "$ended"
fi
[ "$ended" != 0 ] && echo "the query ended with an error, as it has to"
