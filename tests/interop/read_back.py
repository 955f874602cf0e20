"""Reads what the main job exported with the programs people use, and compares it with its CSV files.

python read_back.py FOLDER: the folder of `map_cooperations --export gexf,graphml,json,geoparquet,xlsx`.
Every difference is printed; the exit code says whether there was one.
"""

import csv
import datetime
import json
import math
import sys
from collections import Counter
from pathlib import Path

import geopandas
import igraph
import networkx
import openpyxl
import pyarrow.parquet
from lxml import etree

FOLDER = Path(sys.argv[1])
WRONG = []


def rows(name):
    with open(FOLDER / "tables" / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def same(what, left, right, limit=3):
    """Counts a difference and shows the first few."""
    if left == right:
        return
    WRONG.append(what)
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        pairs = [(a, b) for a, b in zip(left, right) if a != b]
        print(f"DIFFERENT  {what}: {len(pairs)} of {len(left)}", *pairs[:limit], sep="\n    ")
    else:
        print(f"DIFFERENT  {what}:\n    {str(left)[:300]}\n    {str(right)[:300]}")


def xml_text(text):
    """Text as XML can hold it."""
    return "".join("\ufffd" if ord(c) < 32 and c not in "\t\n\r" else c for c in text)


def same_number(a, b):
    return a == b or math.isclose(float(a), float(b), rel_tol=1e-15)


TERRITORIES, ACTORS, LINKS = rows("territories.csv"), rows("actors.csv"), rows("links.csv")
print(f"to read back: {len(TERRITORIES)} territories, {len(ACTORS)} actors, {len(LINKS)} links")


def tie(source, target, kind, weight, first, last, xml=True):
    as_read = xml_text if xml else str
    return (*sorted([as_read(source), as_read(target)]), kind, float(weight), first, last)


def expected_ties(xml):
    year = lambda text: int(text) if text else None
    return Counter(
        tie(l["source"], l["target"], l["kind"], l["weight"], year(l["from_year"]), year(l["to_year"]), xml)
        for l in LINKS
    )


def nodes_as_csv(what, of, xml):
    """Names and attributes of every node against actors.csv."""
    as_read = xml_text if xml else str
    for column in ["kind", "territory", "rurality", "density", "themes", "source", "placed_by"]:
        got = [of(a["id"]).get(column) or "" for a in ACTORS]
        same(f"{what}: {column} of nodes", got, [as_read(a[column]) for a in ACTORS])
    same(f"{what}: names of nodes", [of(a["id"]).get("label") or "" for a in ACTORS], [as_read(a["name"]) for a in ACTORS])
    for column in ["lon", "lat"]:
        got = [of(a["id"]).get(column) for a in ACTORS]
        wanted = [float(a[column]) if a[column] else None for a in ACTORS]
        same(f"{what}: {column} of nodes", [None if g is None or math.isnan(g) else g for g in got], wanted)


def read_gexf():
    path = FOLDER / "cooperations.gexf"
    graph = networkx.read_gexf(path)
    same("gexf: nodes", sorted(graph.nodes), sorted(xml_text(a["id"]) for a in ACTORS))
    nodes_as_csv("gexf", lambda i: graph.nodes[xml_text(i)], True)
    year = lambda text: int(text[:4]) if text else None
    ties = Counter(
        tie(a, b, d.get("kind"), d["weight"], year(d.get("start")), year(d.get("end")))
        for a, b, d in graph.edges(data=True)
    )
    wanted = expected_ties(True)
    if not any(kind for _, _, kind, *_ in ties):
        # This reader does not know the kind of a tie; the schema check below does.
        wanted = Counter()
        for (a, b, _, w, s, e), n in expected_ties(True).items():
            wanted[(a, b, None, w, s, e)] += n
    same("gexf: ties with weights and dates", ties, wanted)
    drawn = sum("viz" in d and "position" in d["viz"] for _, d in graph.nodes(data=True))
    return f"networkx {networkx.__version__}: {graph.number_of_nodes()} nodes ({drawn} drawn), {graph.number_of_edges()} ties"


GEXF = "{http://gexf.net/1.3}"
VIZ = "{http://gexf.net/1.3/viz}"
# What the GEXF 1.3 specification allows in the elements that are written here.
ALLOWED = {
    GEXF + "gexf": ({"version", "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"}, {GEXF + "graph"}),
    GEXF + "graph": ({"defaultedgetype", "mode", "timeformat"}, {GEXF + "attributes", GEXF + "nodes", GEXF + "edges"}),
    GEXF + "attributes": ({"class", "mode"}, {GEXF + "attribute"}),
    GEXF + "attribute": ({"id", "title", "type"}, set()),
    GEXF + "nodes": ({"count"}, {GEXF + "node"}),
    GEXF + "edges": ({"count"}, {GEXF + "edge"}),
    GEXF + "node": ({"id", "label"}, {GEXF + "attvalues", VIZ + "position"}),
    GEXF + "edge": ({"id", "source", "target", "kind", "weight", "start", "end"}, {GEXF + "attvalues"}),
    GEXF + "attvalues": (set(), {GEXF + "attvalue"}),
    GEXF + "attvalue": ({"for", "value"}, set()),
    VIZ + "position": ({"x", "y", "z"}, set()),
}
VALUES = {"long": int, "double": float, "boolean": {"true": True, "false": False}.__getitem__, "string": str}


def check_gexf():
    root = etree.parse(FOLDER / "cooperations.gexf").getroot()
    wrong, ids, declared = [], {"node": set(), "edge": set()}, {}
    for element in root.iter():
        attributes, children = ALLOWED.get(element.tag, (None, None))
        if attributes is None:
            wrong.append(f"element {element.tag}")
            continue
        wrong += [f"{element.tag}: attribute {a}" for a in element.attrib if a not in attributes]
        wrong += [f"{element.tag}: child {c.tag}" for c in element if c.tag not in children]
    same("gexf: version", root.get("version"), "1.3")
    graph = root.find(GEXF + "graph")
    for block in graph.iterfind(GEXF + "attributes"):
        if block.get("class") in declared:
            wrong.append("attributes declared twice")
        declared[block.get("class")] = {a.get("id"): VALUES[a.get("type")] for a in block}
    kinds = Counter()
    for kind, box in [("node", "nodes"), ("edge", "edges")]:
        things = graph.find(GEXF + box)
        if int(things.get("count")) != len(things):
            wrong.append(f"count of {box}")
        for thing in things:
            if thing.get("id") in ids[kind]:
                wrong.append(f"id {thing.get('id')} twice")
            ids[kind].add(thing.get("id"))
            for value in thing.iterfind(f"{GEXF}attvalues/{GEXF}attvalue"):
                declared[kind][value.get("for")](value.get("value"))
            if kind == "edge":
                kinds[thing.get("kind")] += 1
                if not {thing.get("source"), thing.get("target")} <= ids["node"]:
                    wrong.append(f"edge {thing.get('id')} joins no nodes")
                first, last = thing.get("start"), thing.get("end")
                if first and datetime.date.fromisoformat(first) > datetime.date.fromisoformat(last):
                    wrong.append(f"edge {thing.get('id')} ends before it begins")
    same("gexf: what the specification allows", wrong, [])
    same("gexf: kinds of ties", kinds, Counter(l["kind"] for l in LINKS))
    return f"specification: {sum(map(len, declared.values()))} attributes declared once, kinds and values sound"


def read_graphml():
    path = FOLDER / "cooperations.graphml"
    graph = networkx.read_graphml(path, force_multigraph=True)
    same("graphml: nodes", list(graph.nodes), [xml_text(a["id"]) for a in ACTORS])
    nodes_as_csv("graphml", lambda i: graph.nodes[xml_text(i)], True)
    ties = Counter(
        tie(a, b, d["kind"], d["weight"], d.get("from_year"), d.get("to_year"))
        for a, b, d in graph.edges(data=True)
    )
    same("graphml: ties with weights and dates", ties, expected_ties(True))
    return f"networkx {networkx.__version__}: {graph.number_of_nodes()} nodes, {graph.number_of_edges()} ties"


def read_graphml_igraph():
    graph = igraph.Graph.Read_GraphML(str(FOLDER / "cooperations.graphml"))
    ids = graph.vs["id"]
    same("igraph: nodes", ids, [xml_text(a["id"]) for a in ACTORS])
    same("igraph: names", graph.vs["label"], [xml_text(a["name"]) for a in ACTORS])
    year = lambda number: None if number is None or math.isnan(number) else int(number)
    ties = Counter(
        tie(ids[e.source], ids[e.target], e["kind"], e["weight"], year(e["from_year"]), year(e["to_year"]))
        for e in graph.es
    )
    same("igraph: ties with weights and dates", ties, expected_ties(True))
    return f"igraph {igraph.__version__}: {graph.vcount()} nodes, {graph.ecount()} ties"


def read_node_link():
    with open(FOLDER / "cooperations.json", encoding="utf-8") as file:
        graph = networkx.node_link_graph(json.load(file))
    same("node-link: nodes", list(graph.nodes), [a["id"] for a in ACTORS])
    nodes_as_csv("node-link", lambda i: graph.nodes[i], False)
    ties = Counter(
        tie(a, b, d["kind"], d["weight"], d.get("from_year"), d.get("to_year"), False)
        for a, b, d in graph.edges(data=True)
    )
    same("node-link: ties with weights and dates", ties, expected_ties(False))
    return f"networkx {networkx.__version__}: {graph.number_of_nodes()} nodes, {graph.number_of_edges()} ties"


def table_as_csv(what, columns, values, wanted):
    """Columns of a table against CSV: text to the letter, numbers to the last bit."""
    same(f"{what}: columns", list(columns), list(wanted[0]))
    for column in wanted[0]:
        got = []
        for value, row in zip(values(column), wanted):
            if value is None or (isinstance(value, float) and math.isnan(value)):
                got.append("")
            elif isinstance(value, str):
                got.append(value)
            elif row[column] and same_number(value, row[column]):
                got.append(row[column])
            else:
                got.append(value)
        same(f"{what}: {column}", got, [row[column] for row in wanted])


def read_geoparquet():
    layer = geopandas.read_parquet(FOLDER / "territories.parquet")
    columns = [c for c in layer.columns if c not in ("bbox", "geometry")]
    table_as_csv("geoparquet: territories", columns, lambda c: layer[c].tolist(), TERRITORIES)
    if str(layer.crs) != "OGC:CRS84":
        WRONG.append(f"geoparquet: crs {layer.crs}")
    drawn = geopandas.read_file(FOLDER / "metrics.geojson")
    both = [(a, b) for a, b in zip(layer.geometry, drawn.geometry) if a is not None or b is not None]
    far = sum(a is None or b is None or a.is_empty or a.hausdorff_distance(b) > 2e-6 for a, b in both)
    same("geoparquet: outlines against GeoJSON rounded to 1e-6 degrees", far, 0)
    clockwise = sum(
        not part.exterior.is_ccw or any(hole.is_ccw for hole in part.interiors)
        for shape in layer.geometry if shape is not None
        for part in getattr(shape, "geoms", [shape])
    )
    same("geoparquet: rings the wrong way round", clockwise, 0)
    west, south, east, north = layer.total_bounds
    middle = (west + (east - west) / 2, south, east, north)
    half = geopandas.read_parquet(FOLDER / "territories.parquet", bbox=middle)
    shown = layer.cx[middle[0]:middle[2], middle[1]:middle[3]]
    same("geoparquet: rows left out by the covering", len(set(shown["code"]) - set(half["code"])), 0)
    actors = geopandas.read_parquet(FOLDER / "actors.parquet")
    columns = [c for c in actors.columns if c not in ("bbox", "geometry")]
    table_as_csv("geoparquet: actors", columns, lambda c: actors[c].tolist(), ACTORS)
    schema = pyarrow.parquet.read_schema(FOLDER / "territories.parquet")
    same("geoparquet: type of codes", str(schema.field("code").type), "string")
    return f"geopandas {geopandas.__version__}: {len(layer)} territories, {len(actors)} actors; {len(half)} in the east"


def read_xlsx():
    book = openpyxl.load_workbook(FOLDER / "tables.xlsx")
    for name, wanted in [("territories", TERRITORIES), ("actors", ACTORS), ("links", LINKS)]:
        header, *body = book[name].iter_rows(values_only=True)
        at = {column: i for i, column in enumerate(header)}
        plain = lambda text: text.replace("\r\n", "\n") if isinstance(text, str) else text
        # openpyxl gives control characters as _x0007_, as the file has them.
        decoded = lambda text: openpyxl.utils.escape.unescape(text) if isinstance(text, str) else text
        table_as_csv(f"xlsx: {name}", header, lambda c: [plain(decoded(row[at[c]])) for row in body], wanted)
        formulas = sum(cell.data_type == "f" for row in book[name].iter_rows() for cell in row)
        same(f"xlsx: formulas in {name}", formulas, 0)
    codes = [book["territories"].cell(row=2, column=1)]
    same("xlsx: codes are text", [(c.data_type, c.number_format) for c in codes], [("s", "@")])
    return f"openpyxl {openpyxl.__version__}: {', '.join(book.sheetnames)}"


READERS = [
    ("GEXF", read_gexf),
    ("GEXF", check_gexf),
    ("GraphML", read_graphml),
    ("GraphML", read_graphml_igraph),
    ("node-link JSON", read_node_link),
    ("GeoParquet", read_geoparquet),
    ("XLSX", read_xlsx),
]
for form, reader in READERS:
    before = len(WRONG)
    said = reader()
    print(f"{'equal' if len(WRONG) == before else 'WRONG'}  {form:15} {said}")
sys.exit(1 if WRONG else 0)
