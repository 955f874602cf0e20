"""What the examples make of a list of awkward files, beside what is expected of them.

    cargo build --release --examples
    python3 tests/cases/table.py LIST.md FOLDER > table.md

LIST.md has tables `| id | … | file | expected | … |`, FOLDER the files. Each is given to the example that reads
such files: actors and ties to `map_cooperations`, outlines to `my_territory`, figures to `rurality`, tables of
activities to `complementarity`. Prints, for each file: exit code, the account of its reader, the kinds of finding,
and the last line where the run failed. Whether that is what is expected is for a reader to judge.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

RUN = Path(__file__).resolve().parents[2] / "target/release/examples"


def command(file, out):
    head = file.read_bytes()[:20_000]
    name = file.name
    options = ["--lang", "en", "--out", out, "--findings", f"{out}/findings.csv"]
    if "strict" in file.parent.name:
        options.append("--strict")
    if name.startswith("v."):
        header = head.decode("utf-8", "replace").splitlines()[0]
        figure = re.split(r"[;,\t]", header)[-1].strip('"\ufeff ')
        return ["rurality", "--table", file, "--column", figure, "--level", "departement", "--out", out]
    if name.startswith("p."):
        if b"acteur" in head or b"actor" in head or b"projet" in head:
            return ["map_cooperations", "--with-embedded", "--participations", file, *options]
        return ["complementarity", "--table", file, "--table-level", "departement", "--level", "departement",
                "--territory", "32", "--permutations", "9", *options]
    if name.startswith("c."):
        actors = Path(out) / "acteurs.csv"
        # Everybody the ties name but the last one, who may be meant to be unknown.
        cells = [re.split(r"[;,\t]", line)[:2] for line in head.decode("utf-8", "replace").splitlines()[1:]]
        named = list(dict.fromkeys(c.strip('" ') for row in cells for c in row if c))
        rows = [f"{name};{43 + i / 99:.2f};1.4" for i, name in enumerate(named[:-1] if len(named) > 2 else named)]
        actors.write_text("\n".join(["id;lat;lon", *rows, ""]))
        return ["map_cooperations", "--actors", actors, "--cooperations", file, *options]
    if name.startswith("t"):
        return ["my_territory", "--territories", file, *options]
    return ["map_cooperations", "--actors", file, *options]


def outcome(file):
    with tempfile.TemporaryDirectory() as out:
        program, *arguments = command(file, out)
        run = subprocess.run([RUN / program, *map(str, arguments)], capture_output=True, timeout=120)
        text = run.stdout.decode("utf-8", "replace")
        account = re.search(rf"{re.escape(str(file))}\n(\d+ records: .*)((?:\n  .*)*)", text)
        kinds = re.findall(r"^  (\w+): (\d+)", account[2], re.M) if account else []
        said = [account[1] if account else "no account", ", ".join(f"{k} {n}" for k, n in kinds)]
        if run.returncode:
            said.append(run.stderr.decode("utf-8", "replace").strip().splitlines()[-1][:300])
        return run.returncode, "; ".join(s for s in said if s)


def main():
    listed, folder = Path(sys.argv[1]), Path(sys.argv[2])
    print("| id | expected | exit | now |\n|---|---|---|---|")
    for line in listed.read_text().splitlines():
        cells = [c.strip().replace("\\|", "|") for c in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) < 5 or not (folder / cells[3]).is_file():
            continue
        code, said = outcome(folder / cells[3])
        said = said.replace("|", "\\|")
        print(f"| {cells[0]} | {cells[4]} | {code} | {said} |", flush=True)


if __name__ == "__main__":
    main()
