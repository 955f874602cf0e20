#!/usr/bin/env bash
# Pinned peers from PyPI in a virtual environment, timed on the golden inputs beside ours:
# benches/peers.sh [FOLDER OF THE ENVIRONMENT]. Needs Python 3.11 or later and the network; prints one
# table: question, peer, its ms, ours, ratio.
set -euo pipefail
cd "$(dirname "$0")/.."
venv="${1:-target/peers}"
if [ ! -x "$venv/bin/python" ]; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet numpy==2.4.6 pandas==3.1.1 scipy==1.17.1 networkx==3.6.1 igraph==1.0.0 \
        geopandas==1.2.0 libpysal==4.14.1 esda==2.8.2 access==1.1.10.post3 shapely==2.2.0
    # Those that need older or heavier packages: absent ones are named in the table.
    for peer in pyfixest==0.60.0 ecomplexity==0.5.3 'ndlib==6.0.1 six==1.17.0' 'spopt==0.7.0 pulp==3.3.2'; do
        # shellcheck disable=SC2086
        "$venv/bin/pip" install --quiet $peer || echo "not installed: $peer" >&2
    done
fi
ours="$(mktemp)"
trap 'rm -f "$ours"' EXIT
cargo bench --bench peers >"$ours"
"$venv/bin/python" benches/peers.py "$ours"
