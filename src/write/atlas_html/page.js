"use strict";
(() => {
const $ = id => document.getElementById(id);
const root = document.documentElement;
const page = JSON.parse($("page").textContent);
const noValue = { light: "#c9ced4", dark: "#3d4650" };

// Text.
const esc = text => String(text).replace(/[&<>"']/g, c => `&#${c.charCodeAt(0)};`);
// Hover texts in lines that fit a phone.
function wrapped(text) {
  const out = [""];
  for (const word of String(text).split(/\s+/)) {
    const last = out[out.length - 1];
    if (last && last.length + word.length > 38) out.push(word); else out[out.length - 1] = last ? last + " " + word : word;
  }
  return out.map(esc).join("<br>");
}
const fold = text => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[-'’\s]+/g, " ").toLowerCase();
const numbers = [new Intl.NumberFormat("en", { maximumSignificantDigits: 4 }), new Intl.NumberFormat("en", { maximumFractionDigits: 0 })];
const number = v => Math.abs(v) >= 1e15 || (v !== 0 && Math.abs(v) < 1e-6) ? v.toExponential(2) : numbers[Math.abs(v) >= 1000 ? 1 : 0].format(v);
function shown(measure, v) {
  if (!Number.isFinite(v)) return "no value";
  if (measure.scale.kind === "categorical") return measure.scale.labels[v];
  return number(v) + (measure.unit ? "\u00a0" + measure.unit : "");
}
function element(tag, attributes, ...children) {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(attributes || {})) k in e ? e[k] = v : e.setAttribute(k, v);
  e.append(...children);
  return e;
}

// Decoding; encode.rs holds the other half.
function bytes(base64) {
  const text = atob(base64), out = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) out[i] = text.charCodeAt(i);
  return out;
}
function reader(base64, steps) {
  const b = bytes(base64);
  let at = 0, x = 0, y = 0;
  const count = () => {
    let value = 0, factor = 1, byte;
    do { byte = b[at++]; value += (byte & 127) * factor; factor *= 128; } while (byte > 127);
    return value;
  };
  const step = () => { const z = count(); return z % 2 ? -(z + 1) / 2 : z / 2; };
  return { count, point: () => [(x += step()) / steps, (y += step()) / steps], more: () => at < b.length };
}
function points(base64) {
  const read = reader(base64, page.steps), out = [];
  while (read.more()) out.push(read.point());
  return out;
}
function values([width, base64]) {
  const b = bytes(base64).buffer;
  return width === 8 ? new Float64Array(b) : new Float32Array(b);
}
const loaded = [];
function layer(i) {
  if (loaded[i]) return loaded[i];
  const data = JSON.parse($("layer-" + i).textContent), read = reader(data.shapes, page.layers[i].steps);
  const features = data.codes.map((_, id) => {
    const coordinates = [];
    for (let p = read.count(); p > 0; p--) {
      const polygon = [];
      for (let r = read.count(); r > 0; r--) {
        const ring = [];
        for (let v = read.count(); v > 0; v--) ring.push(read.point());
        ring.push(ring[0]);
        polygon.push(ring);
      }
      coordinates.push(polygon);
    }
    return { type: "Feature", id, properties: {}, geometry: { type: "MultiPolygon", coordinates } };
  });
  loaded[i] = {
    ...page.layers[i], codes: data.codes, names: data.names, features,
    // Territories without contours are listed and counted, and cannot be drawn.
    drawn: features.filter(f => f.geometry.coordinates.length),
    columns: data.measures.map(m => { let v; return () => v || (v = values(m)); }),
  };
  return loaded[i];
}
function extent(coordinates) {
  const b = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of coordinates) {
    if (x < b[0]) b[0] = x;
    if (y < b[1]) b[1] = y;
    if (x > b[2]) b[2] = x;
    if (y > b[3]) b[3] = y;
  }
  return b[0] <= b[2] ? b : null;
}
const outline = feature => feature.geometry.coordinates.flatMap(polygon => polygon[0]);

// State, kept in the fragment of the address so that a link can point at a map.
const state = { level: page.first, measure: 0, view: 0, classes: "steps", theme: matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light" };
function clamp(value, count, otherwise) { return value >= 0 && value < count ? Math.floor(value) : otherwise; }
function readHash() {
  const h = new URLSearchParams(location.hash.slice(1));
  if (h.has("level")) state.level = clamp(+h.get("level"), page.layers.length, state.level);
  if (h.has("measure")) state.measure = +h.get("measure");
  if (h.has("view")) state.view = clamp(+h.get("view"), views.length, 0);
  if (["steps", "smooth"].includes(h.get("classes"))) state.classes = h.get("classes");
  if (["light", "dark"].includes(h.get("theme"))) state.theme = h.get("theme");
}
function writeHash() {
  const h = new URLSearchParams({ level: state.level, measure: state.measure, view: state.view, classes: state.classes, theme: state.theme });
  // Not allowed in some embedded documents; the page works without.
  try { history.replaceState(null, "", "#" + h); } catch { /* see above */ }
}

// Colours: every value becomes a class index or a place in 0..1, -1 stands for no value.
function colourAt(stops, t) {
  const x = Math.min(Math.max(t, 0), 1) * (stops.length - 1), i = Math.min(Math.floor(x), Math.max(stops.length - 2, 0)), f = x - i;
  const a = stops[i], b = stops[Math.min(i + 1, stops.length - 1)];
  return "#" + [1, 3, 5].map(k => Math.round(parseInt(a.slice(k, k + 2), 16) * (1 - f) + parseInt(b.slice(k, k + 2), 16) * f).toString(16).padStart(2, "0")).join("");
}
// A little paler than the palettes, so that ties and actors stand out from any territory.
const soften = stops => stops.map(c => colourAt([c, state.theme === "dark" ? "#131a22" : "#ffffff"], .22));
function ramp(scale) {
  if (scale.kind === "diverging") return soften(page.colours.diverging);
  // More stands out more: dark on light, bright on dark.
  const stops = soften(page.colours.sequential);
  return state.theme === "dark" ? stops : [...stops].reverse();
}
const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
function paint(measure, column) {
  const { scale } = measure, finite = Float64Array.from(column).filter(Number.isFinite).sort();
  const missing = column.length - finite.length, stops = ramp(scale);
  if (scale.kind === "categorical") {
    const categories = soften(page.colours.categories), colours = scale.labels.map((_, k) => categories[k % categories.length]);
    const counts = scale.labels.map(() => 0);
    for (const v of finite) counts[v]++;
    return { z: v => Number.isFinite(v) ? v : -1, colours, missing, rows: scale.labels.map((label, k) => [colours[k], label, counts[k]]) };
  }
  const n = finite.length, about = scale.kind === "diverging" ? scale.centre : null;
  const away = about === null ? null : finite.map(v => Math.abs(v - about)).sort();
  if (state.classes === "smooth") {
    let low = n ? quantile(finite, .02) : 0, high = n ? quantile(finite, .98) : 1;
    if (about !== null) { const d = n ? quantile(away, .98) : 1; low = about - d; high = about + d; }
    const width = high - low || 1, at = v => Math.min(Math.max((v - low) / width, 0), 1);
    return { z: v => Number.isFinite(v) ? at(v) : -1, stops, missing, ends: [(n && finite[0] < low ? "≤ " : "") + number(low), about === null ? "" : number(about), (n && finite[n - 1] > high ? "≥ " : "") + number(high)] };
  }
  let breaks;
  if (about === null) breaks = [1, 2, 3, 4, 5, 6].map(k => quantile(finite, k / 7));
  else { const d = [.25, .5, .75].map(q => quantile(away, q)); breaks = [...d.map(x => about - x), about, ...d.map(x => about + x)]; }
  // A break opens a class that holds it; equal breaks and empty ends fall together.
  breaks = n ? [...new Set(breaks)].sort((a, b) => a - b).filter(b => about !== null || b > finite[0]) : [];
  const classOf = v => { let k = 0; while (k < breaks.length && v >= breaks[k]) k++; return k; };
  const k = breaks.length + 1, colours = Array.from({ length: k }, (_, i) => colourAt(stops, k === 1 ? .5 : i / (k - 1)));
  const ranges = Array.from({ length: k }, () => [Infinity, -Infinity, 0]);
  for (const v of finite) { const r = ranges[classOf(v)]; r[0] = Math.min(r[0], v); r[1] = Math.max(r[1], v); r[2]++; }
  const span = ([a, b]) => number(a) === number(b) ? number(a) : `${number(a)} to ${number(b)}`;
  return { z: v => Number.isFinite(v) ? classOf(v) : -1, colours, missing, rows: ranges.map((r, i) => [colours[i], span(r), r[2]]).filter(r => r[2]) };
}
// As a plotly colour scale over z from -1, which is the colour of no value.
function plotlyScale(painted) {
  const none = noValue[state.theme];
  if (painted.stops) {
    const s = painted.stops;
    return { zmin: -1, zmax: 1, colorscale: [[0, none], [.499, none], ...s.map((c, i) => [.5 + .5 * i / (s.length - 1), c])] };
  }
  const all = [none, ...painted.colours];
  return { zmin: -1.5, zmax: all.length - 1.5, colorscale: all.flatMap((c, i) => [[i / all.length, c], [(i + 1) / all.length, c]]) };
}

// Ties and actors.
const linkColours = {
  light: ["#d1341f", "#111111", "#0a63c9", "#7d7d7d"],
  dark: ["#ff7a5c", "#ffffff", "#6cb8ff", "#9aa3ad"],
};
const actorAt = points(page.actors.at), linkAt = points(page.links.at);
const kindColour = k => page.colours.categories[(k + 1) % page.colours.categories.length];

// Traces: 0 territories, 1 outline of the chosen one, then ties and actors.
const traces = [], swaps = { kinds: new Map(), classes: new Map() };
const nowhere = { lon: [null], lat: [null] };
const hiddenAtFirst = (group, key) => (group === "kinds" ? page.actors : page.links).hidden[key];
function addTrace(group, key, trace) {
  const map = swaps[group];
  if (!map.has(key)) map.set(key, []);
  map.get(key).push([traces.length, trace.lon, trace.lat]);
  traces.push(hiddenAtFirst(group, key) ? { ...trace, ...nowhere } : trace);
}
function buildTraces() {
  traces.push({ type: "choroplethmap", geojson: { type: "FeatureCollection", features: [] }, locations: [0], z: [null], featureidkey: "id", showscale: false, below: "", marker: { line: { width: .5 } }, hovertemplate: "%{text}<extra></extra>", text: [""] });
  traces.push({ type: "scattermap", mode: "lines", ...nowhere, hoverinfo: "skip", line: { width: 3 } });
  const { links, actors } = page;
  const weights = [...links.weight].sort((a, b) => a - b);
  const widths = [1, 1.7, 2.8, 4.5], opacity = links.class.length > 500 ? .55 : .8, dot = actors.kind.length > 800 ? 5 : 6.5;
  const widthOf = w => weights[0] === weights[weights.length - 1] ? 1 : Math.min(3, [.5, .8, .95].filter(q => w > quantile(weights, q)).length);
  // The crossing ties are the subject: drawn last, over the others.
  for (let c = links.classes.length - 1; c >= 0; c--) {
    const lines = widths.map(() => ({ lon: [], lat: [] })), middle = { lon: [], lat: [], text: [] };
    links.class.forEach((k, i) => {
      if (k !== c) return;
      const [a, b] = [linkAt[2 * i], linkAt[2 * i + 1]], line = lines[widthOf(links.weight[i])];
      line.lon.push(a[0], b[0], null);
      line.lat.push(a[1], b[1], null);
      middle.lon.push((a[0] + b[0]) / 2);
      middle.lat.push((a[1] + b[1]) / 2);
      middle.text.push(`${wrapped(links.label[i])}<br>${links.classes[c]}, weight ${number(links.weight[i])}`);
    });
    // A rim keeps the crossing ones apart from territories of about their colour.
    if (c === 0) lines.forEach((line, w) => line.lon.length && addTrace("classes", c, { type: "scattermap", mode: "lines", lon: line.lon, lat: line.lat, hoverinfo: "skip", opacity, line: { width: widths[w] + 1.2 }, meta: { rim: true } }));
    lines.forEach((line, w) => line.lon.length && addTrace("classes", c, { type: "scattermap", mode: "lines", ...line, hoverinfo: "skip", opacity: c === 0 ? .85 : opacity, line: { width: widths[w] }, meta: { link: c } }));
    if (middle.lon.length) addTrace("classes", c, { type: "scattermap", mode: "markers", ...middle, hovertemplate: "%{text}<extra></extra>", marker: { size: 7, opacity: .01 }, meta: { link: c } });
  }
  actors.kinds.forEach((kind, k) => {
    const at = { lon: [], lat: [], text: [] };
    actors.kind.forEach((own, i) => {
      if (own !== k) return;
      at.lon.push(actorAt[i][0]);
      at.lat.push(actorAt[i][1]);
      at.text.push(`<b>${wrapped(actors.name[i])}</b><br>${wrapped(kind)}${actors.detail[i] ? "<br>" + wrapped(actors.detail[i]) : ""}`);
    });
    addTrace("kinds", k, { type: "scattermap", mode: "markers", lon: at.lon, lat: at.lat, hoverinfo: "skip", marker: { size: dot + 2, color: "#ffffff", opacity: .9 } });
    addTrace("kinds", k, { type: "scattermap", mode: "markers", ...at, hovertemplate: "%{text}<extra></extra>", marker: { size: dot, color: kindColour(k) } });
  });
}

// The map.
const gd = $("map");
const css = name => getComputedStyle(root).getPropertyValue(name).trim();
// Nothing of its own: the background of the page shows through, in either theme.
const mapStyle = { version: 8, sources: {}, layers: [] };
const views = [];
function buildViews() {
  const places = [...actorAt, ...linkAt];
  if (page.layers.length) for (const f of layer(page.first).drawn) places.push(f.geometry.coordinates[0][0][0]);
  for (const [name, [west, south], [east, north]] of page.views)
    if (places.some(([x, y]) => x >= west && x <= east && y >= south && y <= north)) views.push([name, [west, south, east, north]]);
  if (views.length < 2) {
    const all = page.layers.length ? layer(page.first).drawn.flatMap(outline).concat(places) : places;
    views.splice(0, views.length, ["Whole map", extent(all) || [-5.2, 41.3, 9.7, 51.2]]);
  }
  views.forEach(([name], i) => $("views").append(element("button", { type: "button", textContent: name, onclick: () => show(i) })));
}
// Centre and zoom that fit bounds into the map, on the Mercator square of 512 pixels at zoom 0.
function fit([west, south, east, north], closest = 11) {
  const y = lat => Math.log(Math.tan(Math.PI / 4 + Math.min(Math.max(lat, -85), 85) * Math.PI / 360)) / (2 * Math.PI);
  const back = v => (Math.atan(Math.exp(v * 2 * Math.PI)) - Math.PI / 4) * 360 / Math.PI;
  const pad = .94, w = Math.max((east - west) / 360, 1e-9), h = Math.max(y(north) - y(south), 1e-9);
  const zoom = Math.min(Math.log2(gd.clientWidth * pad / 512 / w), Math.log2(gd.clientHeight * pad / 512 / h), closest);
  return { "map.center": { lon: (west + east) / 2, lat: back((y(south) + y(north)) / 2) }, "map.zoom": zoom };
}
let aim = null;
function go(bounds) {
  aim = fit(bounds);
  return Plotly.relayout(gd, aim);
}
// A window that changes its size keeps the view in sight, unless the reader has moved the map.
function refit() {
  const { center, zoom } = gd.layout.map, want = aim["map.center"];
  if (Math.abs(center.lon - want.lon) + Math.abs(center.lat - want.lat) < 1e-3 && Math.abs(zoom - aim["map.zoom"]) < 1e-3) show(state.view);
}
function show(i) {
  state.view = i;
  markView();
  writeHash();
  return go(views[i][1]);
}
const markView = () => [...$("views").children].forEach((b, i) => b.setAttribute("aria-pressed", i === state.view));
const zoomBy = d => Plotly.relayout(gd, { "map.zoom": gd.layout.map.zoom + d });

// What the level and the measure change.
function territoryUpdate() {
  const l = layer(state.level), measure = l.measures[state.measure], column = measure && l.columns[state.measure]();
  const painted = measure ? paint(measure, column) : { z: () => 0, colours: ["#9fb3c8"], missing: 0 };
  const { zmin, zmax, colorscale } = plotlyScale(painted), many = l.drawn.length > 5000;
  const text = l.drawn.map(({ id }) => `<b>${esc(l.names[id])}</b> ${esc(l.codes[id])}${measure ? `<br>${wrapped(measure.name + ": " + shown(measure, column[id]))}` : ""}`);
  legend(l, measure, painted);
  ranking(l, measure, column);
  return {
    locations: [l.drawn.length ? l.drawn.map(f => f.id) : [0]], z: [l.drawn.length ? l.drawn.map(f => painted.z(column ? column[f.id] : 0)) : [null]], text: [text], zmin, zmax, colorscale: [colorscale],
    // Borders of many small territories would cover their colours.
    "marker.line.width": many ? .15 : l.drawn.length > 500 ? .4 : .8,
    "marker.line.color": `rgba(${state.theme === "dark" ? "12,17,22" : "255,255,255"},${many ? .3 : 1})`,
  };
}
function legend(l, measure, painted) {
  const box = $("legend");
  box.replaceChildren();
  if (measure) {
    box.append(element("strong", { textContent: measure.name + (measure.unit ? ` (${measure.unit})` : "") }));
    const table = element("table"), row = (colour, text, count) => table.append(element("tr", {}, element("td", {}, element("span", { className: "swatch", style: `background:${colour}` })), element("td", { textContent: text }), element("td", { textContent: count === "" ? "" : number(count) })));
    if (painted.ends) {
      box.append(element("div", { className: "ramp", style: `background:linear-gradient(to right, ${painted.stops.join(",")})` }), element("div", { className: "ends" }, ...painted.ends.map(t => element("span", { textContent: t }))));
    } else (measure.scale.kind === "categorical" ? painted.rows : [...painted.rows].reverse()).forEach(r => row(...r));
    row(noValue[state.theme], "no value", painted.missing);
    box.append(table);
  }
  if (l.approximate) box.append(element("div", { className: "soft", textContent: "approximate contours (Thiessen cells)" }));
}
function ranking(l, measure, column) {
  const box = $("ranking").lastElementChild;
  box.replaceChildren();
  $("ranking").hidden = !measure || measure.scale.kind === "categorical";
  if ($("ranking").hidden) return;
  const order = [...column.keys()].filter(i => Number.isFinite(column[i])).sort((a, b) => column[b] - column[a] || a - b);
  const list = (title, ids) => box.append(element("h3", { textContent: title }), element("table", {}, ...ids.map(i => element("tr", {}, element("td", {}, element("button", { type: "button", textContent: l.names[i], onclick: () => choose(i, true) })), element("td", { textContent: shown(measure, column[i]) })))));
  if (order.length > 20) { list("Highest", order.slice(0, 10)); list("Lowest", order.slice(-10).reverse()); } else list("All, highest first", order);
  if (!order.length) box.replaceChildren(element("p", { textContent: "No territory has a value." }));
}
let drawnLevel = -1;
function drawTerritories() {
  if (!page.layers.length) return Promise.resolve();
  const update = territoryUpdate();
  if (drawnLevel !== state.level) {
    update.geojson = [{ type: "FeatureCollection", features: layer(state.level).drawn }];
    drawnLevel = state.level;
  }
  return Plotly.restyle(gd, update, [0]);
}
// Lets the browser show the notice before a long step.
async function busy(work) {
  $("busy").textContent = "Drawing the map…";
  await new Promise(r => setTimeout(r, 20));
  try { await work(); } finally { $("busy").textContent = ""; }
}
function fillMeasures() {
  const l = page.layers[state.level];
  state.measure = clamp(state.measure, l ? l.measures.length : 0, 0);
  $("measure").replaceChildren(...(l ? l.measures : []).map((m, i) => element("option", { value: i, textContent: m.name })));
  $("measure").value = state.measure;
  $("measure").disabled = !l || !l.measures.length;
  about();
}
function about() {
  const l = page.layers[state.level], m = l && l.measures[state.measure];
  $("about").textContent = m ? m.description : "";
  $("classes").disabled = !m || m.scale.kind === "categorical";
}

// One territory.
let chosen = null;
function choose(i, move) {
  const l = layer(state.level), f = l.features[i];
  chosen = i;
  const box = $("chosen");
  box.hidden = false;
  box.replaceChildren(
    element("h2", { textContent: l.names[i] }),
    element("p", { className: "soft", textContent: `${l.name} ${l.codes[i]}${f.geometry.coordinates.length ? "" : ", without contours"}` }),
    element("table", {}, ...l.measures.map((m, k) => element("tr", {}, element("td", { textContent: m.name }), element("td", { textContent: shown(m, l.columns[k]()[i]) })))),
    element("p", {}, element("button", { type: "button", textContent: "Close", onclick: forget })));
  const lon = [], lat = [];
  for (const polygon of f.geometry.coordinates) for (const ring of polygon) { for (const [x, y] of ring) { lon.push(x); lat.push(y); } lon.push(null); lat.push(null); }
  if (!lon.length) return;
  Plotly.restyle(gd, { lon: [lon], lat: [lat] }, [1]);
  if (move) { const [w, s, e, n] = extent(outline(f)), dx = (e - w) * .6, dy = (n - s) * .6; go([w - dx, s - dy, e + dx, n + dy]); }
}
function forget() {
  if (chosen === null) return;
  chosen = null;
  $("chosen").hidden = true;
  Plotly.restyle(gd, { lon: [[null]], lat: [[null]] }, [1]);
}

// Search over all levels and the actors.
let index = null, hits = [], mark = -1;
function buildIndex() {
  index = [];
  page.layers.forEach((meta, l) => {
    const data = loaded[l] || JSON.parse($("layer-" + l).textContent);
    data.names.forEach((name, i) => index.push({ key: fold(name), code: fold(data.codes[i]), name, hint: `${meta.name} ${data.codes[i]}`, go: () => jump(l, i) }));
  });
  page.actors.name.forEach((name, i) => index.push({ key: fold(name), code: "", name, hint: page.actors.kinds[page.actors.kind[i]], go: () => { const [x, y] = actorAt[i]; return go([x - .12, y - .08, x + .12, y + .08]); } }));
}
async function jump(l, i) {
  if (l !== state.level) await setLevel(l);
  choose(i, true);
}
function search() {
  if (!index) buildIndex();
  const q = fold($("query").value).trim(), best = [[], [], []];
  if (q) for (const entry of index) {
    const rank = entry.key === q || entry.code === q ? 0 : entry.key.startsWith(q) ? 1 : entry.key.includes(q) ? 2 : -1;
    if (rank >= 0 && best[rank].length < 8) best[rank].push(entry);
  }
  hits = best.flat().slice(0, 8);
  mark = hits.length ? 0 : -1;
  showHits(q !== "");
}
function showHits(open) {
  $("hits").hidden = !open;
  $("query").setAttribute("aria-expanded", open);
  $("hits").replaceChildren(...hits.map((h, i) => element("li", { id: "hit-" + i, role: "option", "aria-selected": i === mark, onclick: () => take(i) }, h.name + " ", element("span", { className: "soft", textContent: h.hint }))));
  if (open && !hits.length) $("hits").append(element("li", { textContent: "Nothing found" }));
  mark >= 0 ? $("query").setAttribute("aria-activedescendant", "hit-" + mark) : $("query").removeAttribute("aria-activedescendant");
}
function take(i) {
  const hit = hits[i];
  if (!hit) return;
  $("query").value = hit.name;
  showHits(false);
  hit.go();
}
$("query").addEventListener("input", search);
$("query").addEventListener("keydown", e => {
  if (e.key === "ArrowDown" || e.key === "ArrowUp") {
    if (!hits.length) return;
    mark = (mark + (e.key === "ArrowDown" ? 1 : hits.length - 1)) % hits.length;
    showHits(true);
    e.preventDefault();
  } else if (e.key === "Enter") take(mark);
  else if (e.key === "Escape") showHits(false);
});
document.addEventListener("click", e => { if (!$("search").contains(e.target)) showHits(false); });

// Switches.
function switches(box, group, names, counts, colour, shape) {
  const shownNames = names.map((name, k) => [name, k]).filter(([, k]) => counts[k]);
  box.hidden = !shownNames.length;
  for (const [name, k] of shownNames) {
    const input = element("input", { type: "checkbox", checked: !hiddenAtFirst(group, k), onchange: () => toggle(group, k, input.checked) });
    const key = element("span", { className: "key" + shape });
    key.dataset.key = k;
    box.append(element("label", {}, input, key, name, element("span", { className: "count", textContent: number(counts[k]) })));
  }
  paintKeys(box, colour);
}
function paintKeys(box, colour) {
  for (const key of box.querySelectorAll("[data-key]")) key.style[key.classList.contains("dot") ? "background" : "borderColor"] = colour(+key.dataset.key);
}
function toggle(group, k, on) {
  const list = swaps[group].get(k) || [];
  // Emptied, not removed: a removed trace would come back on top of all others.
  Plotly.restyle(gd, { lon: list.map(t => on ? t[1] : [null]), lat: list.map(t => on ? t[2] : [null]) }, list.map(t => t[0]));
}
const tally = (of, n) => { const counts = Array(n).fill(0); for (const k of of) counts[k]++; return counts; };

// Theme.
function themeColours() {
  root.dataset.theme = state.theme;
  $("theme").textContent = state.theme === "dark" ? "Light" : "Dark";
  $("theme").setAttribute("aria-label", `Switch to ${state.theme === "dark" ? "light" : "dark"} theme`);
  for (const t of traces) if (t.meta) (t.line || t.marker).color = t.meta.rim ? css("--sea") : linkColours[state.theme][t.meta.link];
  traces[1].line.color = state.theme === "dark" ? "#ffffff" : "#000000";
  paintKeys($("links"), c => linkColours[state.theme][c]);
}
const hoverLabel = () => ({ bgcolor: css("--card"), bordercolor: css("--line"), align: "left", font: { family: "system-ui, sans-serif", size: 13, color: css("--text") } });
async function setTheme(theme) {
  state.theme = theme;
  themeColours();
  writeHash();
  await busy(async () => {
    const ids = [...traces.keys()].filter(i => traces[i].line);
    await Plotly.restyle(gd, { "line.color": ids.map(i => traces[i].line.color || null) }, ids);
    await Plotly.relayout(gd, { hoverlabel: hoverLabel() });
    await drawTerritories();
  });
}
async function setLevel(l) {
  forget();
  state.level = l;
  $("level").value = l;
  fillMeasures();
  writeHash();
  await busy(drawTerritories);
}
async function setMeasure(m) {
  state.measure = m;
  about();
  writeHash();
  await busy(drawTerritories);
}

// Words.
function fillWords() {
  for (const [label, value] of page.summary) $("summary").append(element("div", {}, element("dt", { textContent: label }), element("dd", { textContent: value })));
  const box = $("notes").lastElementChild, list = (title, items) => items.length && box.append(element("h3", { textContent: title }), element("ul", {}, ...items.map(t => element("li", { textContent: t }))));
  const approximate = page.layers.filter(l => l.approximate).map(l => l.name);
  const coarse = page.layers.filter(l => l.steps < page.steps).map(l => l.name);
  list("Notes", [...page.notes, ...(approximate.length ? [`Approximate contours (Thiessen cells): ${approximate.join(", ")}.`] : [])]);
  list("Sources", page.sources);
  list("This page", [`Coordinates are rounded to about 11 m${coarse.length ? ", contours of " + coarse.join(", ") + " to 110 m" : ""}. The file holds all its data and loads nothing from the network.`, "Maps drawn with plotly.js (MIT) and MapLibre GL JS (BSD-3-Clause)."]);
  page.layers.forEach((l, i) => $("level").append(element("option", { value: i, textContent: `${l.name} (${number(l.count)})` })));
  $("level").disabled = !page.layers.length;
  $("controls").hidden = !page.layers.length;
  $("search").hidden = !page.layers.length && !page.actors.name.length;
  switches($("links"), "classes", page.links.classes, tally(page.links.class, page.links.classes.length), c => linkColours[state.theme][c], "");
  switches($("actors"), "kinds", page.actors.kinds, tally(page.actors.kind, page.actors.kinds.length), kindColour, " dot");
}

async function start() {
  root.dataset.theme = state.theme;
  buildViews();
  readHash();
  buildTraces();
  fillWords();
  themeColours();
  markView();
  $("level").value = state.level;
  $("classes").value = state.classes;
  fillMeasures();
  $("level").onchange = e => setLevel(+e.target.value);
  $("measure").onchange = e => setMeasure(+e.target.value);
  $("classes").onchange = e => { state.classes = e.target.value; writeHash(); busy(drawTerritories); };
  $("theme").onclick = () => setTheme(state.theme === "dark" ? "light" : "dark");
  $("zoom-in").onclick = () => zoomBy(1);
  $("zoom-out").onclick = () => zoomBy(-1);
  document.addEventListener("keydown", e => { if (e.key === "Escape") forget(); });

  // The first drawing has its territories already: one pass instead of two.
  if (page.layers.length) {
    const update = territoryUpdate(), t = traces[0], l = layer(state.level);
    Object.assign(t, { locations: update.locations[0], z: update.z[0], text: update.text[0], zmin: update.zmin, zmax: update.zmax, colorscale: update.colorscale[0], geojson: { type: "FeatureCollection", features: l.drawn } });
    t.marker.line = { width: update["marker.line.width"], color: update["marker.line.color"] };
    drawnLevel = state.level;
  }
  aim = fit(views[state.view][1]);
  const layout = { margin: { l: 0, r: 0, t: 0, b: 0 }, showlegend: false, paper_bgcolor: "rgba(0,0,0,0)", hoverlabel: hoverLabel(), uirevision: 1, map: { style: mapStyle, center: aim["map.center"], zoom: aim["map.zoom"] } };
  const ready = () => { $("busy").textContent = ""; root.dataset.ready = Math.round(performance.now()); };
  try {
    await Plotly.newPlot(gd, traces, layout, { responsive: true, scrollZoom: true, displayModeBar: false, doubleClick: false });
    gd.on("plotly_click", e => { const p = e.points[0]; if (p.curveNumber === 0) choose(p.location, false); });
    gd.on("plotly_doubleclick", () => show(state.view));
    let timer;
    new ResizeObserver(() => { clearTimeout(timer); timer = setTimeout(refit, 200); }).observe(gd);
    ready();
  } catch (error) {
    $("busy").textContent = "The map cannot be drawn: " + (error && error.message || "this browser offers no WebGL") + ". The ranking and the search work without it.";
    root.dataset.failed = "map";
  }
}
start();
})();
