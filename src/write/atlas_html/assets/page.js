"use strict";
(() => {
const $ = id => document.getElementById(id);
const root = document.documentElement;
const CLASSES = 4, SIDES = 3, FEW = 5;

// Words: French, English.
const W = {
  skip: ["Aller au tableau", "Go to the table"], find: ["Chercher un territoire, un acteur, un code", "Find a territory, an actor, a code"],
  matches: ["Résultats", "Matches"], nothing: ["Rien ne correspond", "Nothing found"], share: ["Partager, exporter", "Share, export"],
  copyLink: ["Copier le lien", "Copy the link"], copied: ["Lien copié", "Link copied"], csvTable: ["CSV du tableau", "CSV of the table"], print: ["Imprimer", "Print"],
  parts: ["Parties de la page", "Parts of the page"], tabControls: ["Carte", "Map"], tabPanel: ["Territoire", "Territory"], tabTable: ["Tableau", "Table"],
  controls: ["Réglages de la carte", "Map settings"], map: ["Carte", "Map"], legend: ["Légende", "Legend"], territory: ["Territoire", "Territory"], table: ["Tableau", "Table"],
  tableRows: ["Lignes du tableau", "Rows of the table"], level: ["Échelon", "Level"], areas: ["Couleur des territoires", "Colour of territories"], classing: ["Classes", "Classes"], cuts: ["Seuils, séparés par ;", "Thresholds, separated by ;"],
  circles: ["Cercles", "Circles"], flows: ["Liens entre territoires", "Ties between territories"], filters: ["Filtres", "Filters"], tieKinds: ["Type de coopération", "Kind of cooperation"],
  period: ["Période", "Period"], from: ["de", "from"], to: ["à", "to"], weight: ["Poids minimal du lien", "Least weight of a tie"], actorKinds: ["Acteurs", "Actors"],
  reset: ["Effacer les filtres", "Clear the filters"], show: ["Afficher aussi", "Show too"], showActors: ["les acteurs", "the actors"], showSuggestions: ["qui pourrait compléter qui (pointillés)", "who could complement whom (dotted)"], showPartners: ["partenaires à explorer (tirets)", "partners worth exploring (dashed)"], showBrokers: ["les passeurs, du 1er au 30e", "the brokers, 1st to 30th"],
  showNames: ["les noms de communes", "names of communes"], zoomIn: ["Agrandir", "Zoom in"], zoomOut: ["Réduire", "Zoom out"], home: ["Toute la carte", "Whole map"], drawing: ["Dessin de la carte…", "Drawing the map…"],
  mapHelp: ["Flèches : déplacer ; plus et moins : agrandir et réduire ; Entrée : choisir le territoire au centre ; Échap : rien choisir. Le tableau dit tout ce que montre la carte.", "Arrows: move; plus and minus: zoom; Enter: choose the territory in the middle; Escape: choose nothing. The table says all that the map shows."],
  rows: ["Lignes", "Rows"], sift: ["Filtrer", "Filter"], onlyMarked: ["sélection seule", "selection only"], fold: ["Replier ou déplier le tableau", "Fold or unfold the table"], previous: ["Page précédente", "Previous page"], next: ["Page suivante", "Next page"], notes: ["Notes et sources", "Notes and sources"],
  none: ["aucune", "none"], noCircles: ["aucun", "none"], natural: ["seuils naturels (Jenks)", "natural breaks (Jenks)"], quantiles: ["effectifs égaux", "equal counts"], manual: ["à la main", "by hand"],
  rural: ["rural", "rural"], urban: ["urbain", "urban"], unknown: ["inconnu", "unknown"], kind: ["Type", "Kind"], missing: ["donnée absente", "no value"], few: ["effectif faible (n < 5)", "few cases (n < 5)"],
  zero: ["zéro", "zero"], light: ["Clair", "Light"], dark: ["Sombre", "Dark"], ties: ["liens", "ties"], tie: ["lien", "tie"], inside: ["liens à l’intérieur", "ties inside"],
  filteredActors: ["Acteurs (selon les filtres)", "Actors (as filtered)"], filteredTies: ["Liens (selon les filtres)", "Ties (as filtered)"], filteredCross: ["Liens rural–urbain (selon les filtres)", "Rural–urban ties (as filtered)"],
  byFilters: ["Suit les filtres.", "Follows the filters."], chooseOne: ["Choisissez un territoire : sur la carte, dans le tableau ou par la recherche.", "Choose a territory: on the map, in the table or by search."],
  rank: ["rang", "rank"], ofPeers: ["sur", "of"], value: ["Valeur", "Value"], measure: ["Mesure", "Measure"], whole: ["Ensemble", "Whole"], pin: ["Épingler pour comparer", "Pin to compare"], unpin: ["Désépingler", "Unpin"],
  close: ["Fermer", "Close"], zoomTo: ["Aller à", "Zoom to"], actorsHere: ["Acteurs", "Actors"], partners: ["Partenaires", "Partners"], partnerTerritories: ["Territoires liés", "Tied territories"], all: ["Tout afficher", "Show all"],
  noActor: ["Aucun acteur connu avec ces filtres.", "No known actor with these filters."], noTie: ["Aucun lien connu avec ces filtres.", "No known tie with these filters."], undated: ["sans date", "undated"], from_year: ["depuis", "since"],
  compared: ["comparé à", "compared with"], name: ["Nom", "Name"], code: ["Code", "Code"], in: ["Dans", "In"], territories: ["Territoires", "Territories"], flowsRows: ["Liens entre territoires", "Ties between territories"], actorsRows: ["Acteurs", "Actors"],
  a: ["Territoire A", "Territory A"], b: ["Territoire B", "Territory B"], classWord: ["Classe", "Class"], count: ["Nombre de liens", "Number of ties"], side: ["Côté", "Side"], place: ["Lieu", "Place"], widths: ["Largeur = nombre de liens", "Width = number of ties"], pale: ["\u202f; en pâle, hors des 150 flux les plus forts", "; pale: beyond the 150 strongest flows"],
  ring: ["anneau : liens à l’intérieur d’un territoire", "ring: ties inside a territory"], approximate: ["Contours approchés (polygones de Thiessen autour d’un point par commune).", "Approximate outlines (Thiessen cells around one point per commune)."],
  sources: ["Sources", "Sources"], method: ["Méthode", "Method"], noOutline: ["sans contour sur la carte", "not drawn on the map"], peers: ["Chaque trait est un territoire de l’échelon.", "Each line is a territory of the level."], here: ["ce territoire", "this territory"],
  suggestions: ["Complémentarités à explorer", "Complementarities to explore"], suggestedPartners: ["Partenaires à explorer", "Partners worth exploring"], brokersWord: ["Passeurs", "Brokers"], suggestionRows: ["Complémentarités et partenaires", "Complements and partners"], gains: ["Qui y gagnerait", "Who could gain"], holds: ["Qui l’a, avec qui", "Who has it, with whom"], why: ["Pourquoi", "Why"], knownTies: ["Liens connus entre les deux", "Known ties between both"], alreadyTied: ["déjà liés", "tied already"], towards: ["la flèche va vers le territoire qui y gagnerait", "the arrow leads to the territory that could gain"], scaleInsets: ["Encarts : chacun à sa propre échelle.", "Insets: each at its own scale."], reader: ["Lecture", "Reading"], colourCircles: ["porter la couleur sur les cercles", "put the colour on the circles"],
  legendToggle: ["Légende", "Legend"], withTies: ["avec liens", "with ties"], severalHere: ["acteurs au même endroit", "actors at the same place"], offMap: ["hors carte ou hors périmètre", "off the map or outside the perimeters"], tiesOf: ["liens sur", "ties of"], actorsOf: ["acteurs sur", "actors of"], shown: ["affichés", "shown"],
  more: ["ou plus", "or more"], less: ["moins de", "less than"], failed: ["La carte ne peut pas être lue", "The map cannot be read"]
};
const CLASS_NAMES = [["rural–urbain", "rural–urban"], ["rural–rural", "rural–rural"], ["urbain–urbain", "urban–urban"], ["ruralité inconnue", "rurality not known"]];
const FEW_ACTORS = 300; // actors that can be told apart on the first view
const DASH = [[], [7, 4], [2, 3], [9, 3, 2, 3]];
const state = { lang: root.lang === "en" ? 1 : 0, theme: matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light", level: 0, area: "", classing: "natural", cuts: "", circle: "", onCircles: false,
  classes: [true, true, false, false], kinds: [], from: 0, to: 0, undated: true, weight: 0, sides: [], showActors: false, showSuggestions: false, showPartners: false, showBrokers: false, showNames: true, chosen: null, actor: null, pinned: null, view: null, rows: "territories" };
const t = key => W[key][state.lang];
const say = text => text ? (state.lang ? text.en : text.fr) : "";
const capital = text => text.charAt(0).toUpperCase() + text.slice(1);
const colon = () => state.lang ? ": " : "\u00a0: ";
const formats = {};
function number(v, digits = 0) {
  const key = state.lang + "." + digits;
  formats[key] ??= new Intl.NumberFormat(state.lang ? "en-GB" : "fr-FR", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return formats[key].format(v);
}
const plural = (n, one, many) => number(n) + "\u00a0" + ((state.lang ? n === 1 : n < 2) ? one : many);
const ties = n => plural(n, t("tie"), t("ties"));
const fold = text => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[œ]/g, "oe").replace(/[’'\-–]/g, " ").toLowerCase();
function element(name, properties = {}, ...children) {
  const e = document.createElement(name);
  for (const [k, v] of Object.entries(properties)) if (k.includes("-") || k === "role" || k === "scope" || k === "colspan") e.setAttribute(k, v); else e[k] = v;
  e.append(...children);
  return e;
}

// Data: base64, deflate, variable-length integers.
function bytesOf(id) {
  const text = $(id).textContent;
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const raw = atob(text), bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return bytes;
}
async function unpack(id) {
  const bytes = bytesOf(id);
  $(id).textContent = "";
  if (typeof DecompressionStream === "function") {
    try {
      const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
      return new Uint8Array(await new Response(stream).arrayBuffer());
    } catch { /* an older browser knows no raw deflate */ }
  }
  return inflate(bytes);
}
const json = async id => JSON.parse(new TextDecoder().decode(await unpack(id)));
// Deflate (RFC 1951) for browsers without DecompressionStream.
function inflate(source) {
  let at = 0, bit = 0, held = 0, out = new Uint8Array(source.length * 6 + 1024), end = 0;
  const bits = n => { while (bit < n) { held |= source[at++] << bit; bit += 8; } const v = held & ((1 << n) - 1); held >>>= n; bit -= n; return v; };
  const room = n => { if (end + n > out.length) { const more = new Uint8Array(Math.max(out.length * 2, end + n)); more.set(out); out = more; } };
  const tree = lengths => { const count = new Uint16Array(16), offset = new Uint16Array(16), symbols = []; for (const l of lengths) count[l]++; count[0] = 0; for (let i = 1; i < 16; i++) offset[i] = offset[i - 1] + count[i - 1]; lengths.forEach((l, s) => { if (l) symbols[offset[l]++] = s; }); return { count, symbols }; };
  const read = ({ count, symbols }) => { let code = 0, first = 0, index = 0; for (let l = 1; l < 16; l++) { code |= bits(1); const c = count[l]; if (code - c < first) return symbols[index + code - first]; index += c; first = (first + c) << 1; code <<= 1; } throw new Error("deflate"); };
  const extra = (base, groups) => { const starts = [], widths = []; let v = base; groups.forEach((n, w) => { for (let i = 0; i < n; i++) { starts.push(v); widths.push(w); v += 1 << w; } }); return { starts, widths }; };
  const lengthOf = extra(3, [8, 4, 4, 4, 4, 4]); lengthOf.starts[28] = 258; lengthOf.widths[28] = 0;
  const reach = extra(1, [4, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]);
  const plain = [tree([...Array(288).keys()].map(s => s < 144 ? 8 : s < 256 ? 9 : s < 280 ? 7 : 8)), tree(Array(30).fill(5))];
  for (let last = 0; !last;) {
    last = bits(1);
    const kind = bits(2);
    if (kind === 0) { held = bit = 0; const n = source[at] | source[at + 1] << 8; at += 4; room(n); out.set(source.subarray(at, at + n), end); at += n; end += n; continue; }
    let [literals, distances] = plain;
    if (kind === 2) {
      const sizes = [bits(5) + 257, bits(5) + 1, bits(4) + 4], lengths = Array(19).fill(0), all = [];
      [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15].slice(0, sizes[2]).forEach(s => lengths[s] = bits(3));
      const codes = tree(lengths);
      while (all.length < sizes[0] + sizes[1]) { const s = read(codes); if (s < 16) all.push(s); else { const v = s === 16 ? all[all.length - 1] : 0; for (let n = s === 16 ? 3 + bits(2) : s === 17 ? 3 + bits(3) : 11 + bits(7); n; n--) all.push(v); } }
      literals = tree(all.slice(0, sizes[0])); distances = tree(all.slice(sizes[0]));
    }
    for (;;) {
      const s = read(literals);
      if (s < 256) { room(1); out[end++] = s; continue; }
      if (s === 256) break;
      const n = lengthOf.starts[s - 257] + bits(lengthOf.widths[s - 257]), d = read(distances), back = reach.starts[d] + bits(reach.widths[d]);
      room(n);
      for (let i = 0; i < n; i++, end++) out[end] = out[end - back];
    }
  }
  return out.slice(0, end);
}

let page, base = {};
const layers = [];
// Outlines: rings for filling and hitting, arcs (each once) for borders.
function outlines(bytes, grain) {
  let at = 0;
  const unsigned = () => { let v = 0, m = 1; for (;;) { const b = bytes[at++]; v += (b & 127) * m; if (b < 128) return v; m *= 128; } };
  const signed = () => { const v = unsigned(); return v % 2 ? -(v + 1) / 2 : v / 2; };
  const rings = [], ringStart = [0], arcs = [], uses = [];
  let px = 0, py = 0;
  while (at < bytes.length) {
    for (let r = unsigned(); r; r--) {
      const ring = [];
      let x = 0, y = 0;
      for (let n = unsigned(), a = 0; a < n; a++) {
        const code = unsigned();
        if (code === 0) {
          if (a === 0) { x = px + signed(); y = py + signed(); }
          const arc = [x * grain, y * grain];
          for (let k = unsigned(); k; k--) { x += signed(); y += signed(); arc.push(x * grain, y * grain); }
          arcs.push(Int32Array.from(arc)); uses.push(1);
          for (let i = 0; i < arc.length - 2; i++) ring.push(arc[i]);
        } else {
          const index = arcs.length - 1 - Math.floor((code - 1) / 2), arc = arcs[index];
          uses[index]++;
          if ((code - 1) % 2) { for (let i = arc.length - 2; i > 0; i -= 2) ring.push(arc[i], arc[i + 1]); x = arc[0] / grain; y = arc[1] / grain; }
          else { for (let i = 0; i < arc.length - 2; i++) ring.push(arc[i]); x = arc[arc.length - 2] / grain; y = arc[arc.length - 1] / grain; }
        }
      }
      px = ring[0] / grain; py = ring[1] / grain;
      rings.push(Int32Array.from(ring));
    }
    ringStart.push(rings.length);
  }
  const boxes = new Float64Array((ringStart.length - 1) * 4);
  for (let i = 0; i + 1 < ringStart.length; i++) {
    let [w, n, e, s] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let r = ringStart[i]; r < ringStart[i + 1]; r++) { const g = rings[r]; for (let k = 0; k < g.length; k += 2) { if (g[k] < w) w = g[k]; if (g[k] > e) e = g[k]; if (g[k + 1] < n) n = g[k + 1]; if (g[k + 1] > s) s = g[k + 1]; } }
    boxes.set([w, n, e, s], i * 4);
  }
  return { rings, ringStart, arcs, uses, boxes };
}
async function table(l) {
  const layer = layers[l];
  layer.table ??= json("table-" + l).then(data => {
    const head = page.layers[l];
    data.values = data.values.map((v, k) => { const unit = 10 ** head.measures[k].decimals; return Float64Array.from(v, x => x === null ? NaN : x / unit); });
    data.unitOf = new Int32Array(page.actors.kind.length).fill(-1);
    data.actors = new Map();
    data.member.forEach((a, k) => { const u = data.unit[k]; if (data.unitOf[a] < 0) data.unitOf[a] = u; if (!data.actors.has(u)) data.actors.set(u, []); data.actors.get(u).push(a); });
    Object.assign(layer, data, { loaded: true });
  });
  return layer.table;
}
async function shapes(l) {
  const layer = layers[l];
  layer.outline ??= unpack("shapes-" + l).then(bytes => Object.assign(layer, outlines(bytes, page.layers[l].grain), { drawn: true, paths: {} }));
  return layer.outline;
}
const head = () => page.layers[state.level];
const layer = () => layers[state.level];
const measureAt = (l, key) => page.layers[l].measures.findIndex(m => m.key === key);
const shown = (m, v, unit = true) => Number.isFinite(v) ? number(v, m.decimals) + (unit && say(m.unit) ? (say(m.unit) === "%" && state.lang ? "" : "\u00a0") + say(m.unit) : "") : t("missing");

// Filters and flows.
const pass = { actor: null, tie: null };
function passActors() {
  const { kind, side } = page.actors;
  pass.actor = Uint8Array.from(kind, (k, i) => state.sides[k][side[i]] ? 1 : 0);
  const p = page.ties;
  pass.tie = Uint8Array.from(p.a, (a, i) => state.kinds[p.kind[i]] && p.weight[i] >= state.weight && pass.actor[a] && pass.actor[p.b[i]]
    && (p.from[i] === null ? state.undated : p.from[i] <= state.to && p.to[i] >= state.from) ? 1 : 0);
  flowsNow = null; totals = null;
}
let flowsNow = null, totals = null;
const STRONG = 150;
function flows() {
  if (flowsNow) return flowsNow;
  const { unitOf, points } = layer(), p = page.ties, between = new Map(), inside = new Map(), byClass = Array(CLASSES).fill(0);
  let off = 0;
  for (let i = 0; i < p.a.length; i++) {
    if (!pass.tie[i]) continue;
    const c = p.class[i];
    byClass[c]++;
    let u = unitOf[p.a[i]], v = unitOf[p.b[i]];
    if (u < 0 || v < 0 || !points[u] || !points[v]) { off++; continue; }
    if (u > v) [u, v] = [v, u];
    const key = (u * 65536 + v) * CLASSES + c, into = u === v ? inside : between;
    const flow = into.get(key);
    if (flow) flow.ties.push(i); else into.set(key, { u, v, c, ties: [i] });
  }
  const largest = list => list.sort((f, g) => g.ties.length - f.ties.length), pairs = new Map();
  for (const f of between.values()) pairs.set(f.u * 65536 + f.v, (pairs.get(f.u * 65536 + f.v) || 0) + f.ties.length);
  return flowsNow = { pairs, between: largest([...between.values()]), inside: largest([...inside.values()]), byClass, off };
}
// Totals by territory that follow the filters.
function total(key) {
  totals ??= {};
  if (totals[key]) return totals[key];
  const l = layer(), values = new Float64Array(head().count);
  if (key === "@actors") l.member.forEach((a, k) => { if (pass.actor[a]) values[l.unit[k]]++; });
  else {
    const p = page.ties;
    for (let i = 0; i < p.a.length; i++) {
      if (!pass.tie[i] || (key === "@cross" ? p.class[i] !== 0 : !state.classes[p.class[i]])) continue;
      const u = l.unitOf[p.a[i]], v = l.unitOf[p.b[i]];
      if (u >= 0) values[u]++;
      if (v >= 0 && v !== u) values[v]++;
    }
  }
  return totals[key] = values;
}

// Classes of the coloured measure.
function colouring() {
  const k = measureAt(state.level, state.area);
  if (k < 0) return null;
  const m = head().measures[k], values = layer().values[k], cases = layer().cases[k], css = [], labels = [];
  let of;
  if (m.scale.kind === "classes") {
    m.scale.labels.forEach((label, i) => { css.push("--" + m.scale.colours[i]); labels.push(say(label)); });
    of = Int8Array.from(values, v => Number.isNaN(v) ? -1 : v);
  } else {
    let cuts = state.classing === "manual" ? state.cuts.split(/[;\s]+/).map(s => parseFloat(s.replace(",", "."))).filter(Number.isFinite).sort((a, b) => a - b).slice(0, 4) : m.breaks[state.classing] || [];
    const diverging = m.scale.kind === "diverging", zero = !diverging && values.some(v => v === 0);
    if (diverging && state.classing !== "manual") { const c = m.scale.centre, low = cuts.filter(x => x < c).slice(0, 2), high = cuts.filter(x => x > c).slice(-2); cuts = [...low, c, ...high].slice(0, 5); }
    const low = diverging ? cuts.filter(x => x <= m.scale.centre).length : 0;
    const figure = v => number(v, Math.max(0, Math.min(m.decimals, Number.isInteger(v) ? 0 : 3)));
    if (zero) { css.push("--zero"); labels.push(t("zero")); }
    const others = values.filter(v => Number.isFinite(v) && !(zero && v === 0)), ends = others.length ? [others.reduce((a, b) => Math.min(a, b)), others.reduce((a, b) => Math.max(a, b))] : [];
    const single = [...new Set(ends.map(figure))].join(" – ");
    for (let i = 0; i <= cuts.length; i++) {
      if (diverging) css.push(i < low ? ["--d1", "--d2", "--d3"][3 - low + i] : ["--d4", "--d5", "--d6"][Math.min(2, i - low)]);
      else css.push("--s" + (cuts.length === 0 ? 3 : 1 + Math.round(i * 4 / cuts.length)));
      labels.push(cuts.length === 0 ? single : i === 0 ? t("less") + " " + figure(cuts[0]) : i === cuts.length ? figure(cuts[i - 1]) + " " + t("more") : figure(cuts[i - 1]) + " – " + figure(cuts[i]));
    }
    const shift = zero ? 1 : 0;
    of = Int8Array.from(values, v => { if (Number.isNaN(v)) return -1; if (zero && v === 0) return 0; let c = 0; while (c < cuts.length && v >= cuts[c]) c++; return c + shift; });
  }
  const counts = css.map(() => 0);
  let missing = 0, few = 0;
  of.forEach((c, i) => { if (c < 0) missing++; else counts[c]++; if (c >= 0 && cases && cases[i] < FEW) few++; });
  return { m, k, values, cases, css, labels, of, counts, missing, few, key: [state.level, state.area, state.classing, state.cuts].join("|") };
}

// Painters: the same drawing on a canvas and as SVG.
const css = name => getComputedStyle(root).getPropertyValue(name).trim();
let colours = {};
const colour = name => colours[name] ??= css(name);
const view = { x: 0, y: 0, k: 1 };
const sx = x => (x - view.x) * view.k, sy = y => (y - view.y) * view.k;
function canvasPainter(ctx, ratio) {
  const tile = draw_ => { const c = document.createElement("canvas"); c.width = c.height = 6 * ratio; draw_(c.getContext("2d")); const pattern = ctx.createPattern(c, "repeat"); pattern.setTransform(new DOMMatrix([1 / view.k / ratio, 0, 0, 1 / view.k / ratio, view.x, view.y])); return pattern; };
  const hatch = () => tile(h => { h.strokeStyle = colour("--ink"); h.globalAlpha = .55; h.lineWidth = ratio; h.beginPath(); h.moveTo(0, 6 * ratio); h.lineTo(6 * ratio, 0); h.stroke(); });
  const nothing = () => tile(h => { h.fillStyle = colour("--none"); h.fillRect(0, 0, 6 * ratio, 6 * ratio); h.fillStyle = colour("--soft"); h.globalAlpha = .6; h.fillRect(2.3 * ratio, 2.3 * ratio, 1.4 * ratio, 1.4 * ratio); });
  const style = s => { ctx.globalAlpha = s.alpha ?? 1; ctx.lineJoin = "round"; ctx.lineCap = s.cap || "butt"; };
  return {
    // Long outlines are cut in pieces: one path of a whole country takes seconds to fill.
    geo(cache, key, trace, s) {
      let paths = cache && cache[key];
      if (!paths) {
        paths = [];
        let left = 0, path;
        const pen = { part() { if (left <= 0) { paths.push(path = new Path2D()); left = 4000; } }, moveTo(x, y) { path.moveTo(x, y); left--; }, lineTo(x, y) { path.lineTo(x, y); left--; }, closePath() { path.closePath(); } };
        trace(pen);
        if (cache) cache[key] = paths;
      }
      style(s);
      ctx.setTransform(view.k * ratio, 0, 0, view.k * ratio, -view.x * view.k * ratio, -view.y * view.k * ratio);
      if (s.fill) { ctx.fillStyle = s.none ? nothing() : s.fill; for (const path of paths) ctx.fill(path, "evenodd"); }
      if (s.stroke) { ctx.strokeStyle = s.stroke; ctx.lineWidth = s.width / view.k; ctx.setLineDash((s.dash || []).map(d => d / view.k)); for (const path of paths) ctx.stroke(path); }
      if (s.hatch) { ctx.fillStyle = hatch(); for (const path of paths) ctx.fill(path, "evenodd"); }
    },
    shape(trace, s) {
      style(s);
      ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
      ctx.beginPath(); trace(ctx);
      if (s.fill) { ctx.fillStyle = s.fill; ctx.fill(); }
      if (s.stroke) { ctx.strokeStyle = s.stroke; ctx.lineWidth = s.width; ctx.setLineDash(s.dash || []); ctx.stroke(); }
    },
    text(text, x, y, s) {
      style(s);
      ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
      ctx.setLineDash([]);
      ctx.font = `${s.weight || 400} ${s.size}px system-ui, "Segoe UI", Roboto, Arial, sans-serif`;
      ctx.textAlign = { start: "left", middle: "center", end: "right" }[s.anchor || "start"];
      ctx.textBaseline = "middle";
      if (s.halo) { ctx.strokeStyle = s.halo; ctx.lineWidth = 3; ctx.strokeText(text, x, y); }
      ctx.fillStyle = s.fill; ctx.fillText(text, x, y);
    }
  };
}
const escape = text => String(text).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd").replace(/[&<>"]/g, c => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;" })[c]);
// Outlines are snapped to whole pixels, so that neighbours keep their common border; what lies on a
// straight line between two places, or off the picture, is left out.
function svgPainter(w, h) {
  const out = [];
  let last = null;
  const r = v => Math.round(v * 10) / 10;
  const attributes = s => (s.fill ? ` fill="${s.fill}" fill-rule="evenodd"` : ' fill="none"') + (s.stroke ? ` stroke="${s.stroke}" stroke-width="${r(s.width)}" stroke-linejoin="round"` + (s.cap ? ` stroke-linecap="${s.cap}"` : "") + (s.dash && s.dash.length ? ` stroke-dasharray="${s.dash}"` : "") : "") + (s.alpha !== undefined && s.alpha < 1 ? ` opacity="${s.alpha}"` : "");
  const pen = () => {
    let d = "", lx = 0, ly = 0;
    return { get d() { return d; }, part() {},
      moveTo(x, y) { lx = r(x); ly = r(y); d += `M${lx} ${ly}`; },
      lineTo(x, y) { const X = r(x), Y = r(y); if (X === lx && Y === ly) return; d += `l${r(X - lx)} ${r(Y - ly)}`; lx = X; ly = Y; },
      quadraticCurveTo(a, b, x, y) { d += `Q${[a, b, x, y].map(Math.round).join(" ")}`; },
      arc(x, y, q) { d += `M${r(x - q)} ${r(y)}a${r(q)} ${r(q)} 0 1 0 ${r(2 * q)} 0a${r(q)} ${r(q)} 0 1 0 ${r(-2 * q)} 0z`; },
      rect(x, y, a, b) { d += `M${r(x)} ${r(y)}h${r(a)}v${r(b)}h${r(-a)}z`; },
      closePath() { d += "z"; } };
  };
  const snapped = () => {
    let d = "", fx = 0, fy = 0, line = [];
    // A tiny ring is nothing to see.
    const end = closed => {
      if (line.length >= (closed ? 6 : 4)) {
        d += `M${line[0] - fx} ${line[1] - fy}`.replace(/^M/, d ? "m" : "M") + "l";
        let x = line[0], y = line[1], first = true;
        for (let k = 2; k < line.length; k += 2) {
          const dx = line[k] - x, dy = line[k + 1] - y;
          d += (first || dx < 0 ? "" : " ") + dx + (dy < 0 ? "" : " ") + dy;
          x = line[k]; y = line[k + 1]; first = false;
        }
        if (closed) { d += "z"; x = line[0]; y = line[1]; }
        fx = x; fy = y;
      }
      line = [];
    };
    const add = (x, y) => {
      const X = Math.round(sx(x)), Y = Math.round(sy(y)), n = line.length;
      if (n >= 2 && line[n - 2] === X && line[n - 1] === Y) return;
      if (n >= 4) {
        const ax = line[n - 2] - line[n - 4], ay = line[n - 1] - line[n - 3], bx = X - line[n - 2], by = Y - line[n - 1];
        if (ax * by === ay * bx && ax * bx + ay * by > 0) { line[n - 2] = X; line[n - 1] = Y; return; }
      }
      line.push(X, Y);
    };
    return { part() {}, moveTo(x, y) { end(false); add(x, y); }, lineTo: add, closePath() { end(true); }, get d() { end(false); return d; } };
  };
  return {
    svg: true,
    geo(cache, key, trace, s) {
      const p = snapped();
      trace(p, [view.x, view.y, view.x + w / view.k, view.y + h / view.k]);
      const d = p.d;
      if (!d) return;
      last = null;
      if (s.fill || s.stroke) out.push(`<path d="${d}"${attributes(s.none ? { ...s, fill: "url(#none)" } : s)}/>`);
      if (s.hatch) out.push(`<path d="${d}" fill="url(#few)"/>`);
    },
    // Marks of one style that follow each other are one path.
    shape(trace, s) {
      const p = pen(), style = attributes(s);
      trace(p);
      if (!p.d) return;
      if (style === last) out[out.length - 1] = out[out.length - 1].replace(/^<path d="/, `<path d="${p.d}`); else out.push(`<path d="${p.d}"${style}/>`);
      last = style;
    },
    text(text, x, y, s) { last = null; out.push(`<text x="${r(x)}" y="${r(y + s.size * .35)}" font-size="${s.size}" font-weight="${s.weight || 400}" text-anchor="${s.anchor || "start"}" fill="${s.fill}"${s.halo ? ` stroke="${s.halo}" stroke-width="3" paint-order="stroke" stroke-linejoin="round"` : ""}>${escape(text)}</text>`); },
    get body() { return out.join("\n"); }
  };
}
const misses = (boxes, i, frame) => frame && (boxes[i * 4] > frame[2] || boxes[i * 4 + 2] < frame[0] || boxes[i * 4 + 1] > frame[3] || boxes[i * 4 + 3] < frame[1]);
function traceUnit(l, i, pen) {
  pen.part();
  for (let r = l.ringStart[i]; r < l.ringStart[i + 1]; r++) { const g = l.rings[r]; pen.moveTo(g[0], g[1]); for (let k = 2; k < g.length; k += 2) pen.lineTo(g[k], g[k + 1]); pen.closePath(); }
}
function traceArcs(l, outer, pen, frame) {
  l.arcs.forEach((g, a) => {
    if ((l.uses[a] === 1) !== outer) return;
    if (frame) { let seen = false; for (let k = 0; k < g.length && !seen; k += 2) seen = g[k] >= frame[0] && g[k] <= frame[2] && g[k + 1] >= frame[1] && g[k + 1] <= frame[3]; if (!seen) return; }
    pen.part();
    pen.moveTo(g[0], g[1]); for (let k = 2; k < g.length; k += 2) pen.lineTo(g[k], g[k + 1]);
  });
}

// Marks on the map: what can be hit is kept as it was drawn.
let marks = { flows: [], circles: [], actors: [], lines: [] };
function curve(a, b, bend) {
  const x1 = sx(a[0]), y1 = sy(a[1]), x2 = sx(b[0]), y2 = sy(b[1]), dx = x2 - x1, dy = y2 - y1;
  return { x1, y1, x2, y2, cx: (x1 + x2) / 2 - dy * bend, cy: (y1 + y2) / 2 + dx * bend };
}
const alongCurve = (q, u) => [(1 - u) * (1 - u) * q.x1 + 2 * u * (1 - u) * q.cx + u * u * q.x2, (1 - u) * (1 - u) * q.y1 + 2 * u * (1 - u) * q.cy + u * u * q.y2];
const off = (q, w, h) => Math.max(q.x1, q.x2, q.cx) < -20 || Math.min(q.x1, q.x2, q.cx) > w + 20 || Math.max(q.y1, q.y2, q.cy) < -20 || Math.min(q.y1, q.y2, q.cy) > h + 20;
const widthOf = (n, most) => Math.max(1.1, 9 * n / Math.max(most, 4));
const mostTies = () => Math.max(1, ...flows().between.filter(f => state.classes[f.c]).slice(0, 4000).map(f => f.ties.length));
function symbol(pen, kind, x, y, s) {
  const polygon = (n, turn, star) => { for (let i = 0; i < n; i++) { const a = turn + i * 2 * Math.PI / n, q = star && i % 2 ? s * .45 : s * 1.15; pen[i ? "lineTo" : "moveTo"](x + q * Math.cos(a), y + q * Math.sin(a)); } pen.closePath(); };
  switch (kind) {
    case 0: return polygon(10, -Math.PI / 2, true);
    case 1: return pen.rect(x - s * .9, y - s * .9, 1.8 * s, 1.8 * s);
    case 2: return polygon(6, 0);
    case 3: return polygon(4, 0);
    case 4: pen.moveTo(x + s, y); return pen.arc(x, y, s, 0, 7);
    case 5: return polygon(3, -Math.PI / 2);
    case 6: return polygon(3, Math.PI / 2);
    case 7: return polygon(5, -Math.PI / 2);
    case 8: { const q = s * .4; [[-q, -s], [q, -s], [q, -q], [s, -q], [s, q], [q, q], [q, s], [-q, s], [-q, q], [-s, q], [-s, -q], [-q, -q]].forEach(([a, b], i) => pen[i ? "lineTo" : "moveTo"](x + a, y + b)); return pen.closePath(); }
    default: return polygon(8, Math.PI / 8);
  }
}
const KIND = { light: ["#a8480a", "#00686b", "#4a5d00", "#0d5c9e", "#7a1f7a", "#8a6100", "#9c1f3d", "#3c3f9e", "#5f5f5f", "#274b2e"], dark: ["#ffb27d", "#6fd6d8", "#c3da6b", "#8fc5ff", "#e7a3e7", "#f0cc66", "#ff9fb4", "#b5b8ff", "#cfcfcf", "#a9d9b3"] };
const kindColour = k => KIND[state.theme][k % 10];
// Actors with a place, those of the fullest places first: circles stand where most are.
function crowded() {
  if (base.crowded) return base.crowded;
  const { at } = page.actors, count = new Map(), key = i => at[i][0] * 131072 + at[i][1];
  const placed = [...at.keys()].filter(i => at[i]);
  for (const i of placed) count.set(key(i), (count.get(key(i)) || 0) + 1);
  return base.crowded = placed.sort((a, b) => count.get(key(b)) - count.get(key(a)) || a - b);
}
function seenActors() {
  // All that pass where actors are shown; else those of the choice and their partners.
  if (state.showActors) return crowded().filter(i => pass.actor[i]);
  const ids = new Set();
  if (state.actor !== null) ids.add(state.actor);
  if (state.chosen !== null) (layer().actors.get(state.chosen) || []).forEach(a => { if (pass.actor[a]) ids.add(a); });
  chosenTies().forEach(i => { ids.add(page.ties.a[i]); ids.add(page.ties.b[i]); });
  return [...ids].filter(i => page.actors.at[i]);
}
function chosenTies() {
  const p = page.ties, list = [];
  if (state.actor !== null) { for (let i = 0; i < p.a.length; i++) if (pass.tie[i] && (p.a[i] === state.actor || p.b[i] === state.actor)) list.push(i); }
  else if (state.chosen !== null) { const inside = new Set(layer().actors.get(state.chosen) || []); for (let i = 0; i < p.a.length; i++) if (pass.tie[i] && state.classes[p.class[i]] && (inside.has(p.a[i]) || inside.has(p.b[i]))) list.push(i); }
  return list;
}
function paint(p, w, h, hits) {
  const l = layer(), found = { flows: [], circles: [], actors: [], lines: [] };
  p.shape(c => c.rect(0, 0, w, h), { fill: colour("--sea") });
  for (const f of page.frames) if (f.rectangle) {
    const [x, y, r, b] = f.rectangle;
    p.shape(c => c.rect(sx(x), sy(y), (r - x) * view.k, (b - y) * view.k), { stroke: colour("--border"), width: 1 });
  }
  const paths = l.paths, colours_ = colouring();
  const fillsAreas = colours_ && !state.onCircles, dense = head().count > 5000, near = view.k > home.k * 3;
  // In a picture borders belong to the areas, so that they are written once.
  const edge = { stroke: colour("--border"), width: dense ? .4 : head().count > 600 ? .5 : .8 };
  if (fillsAreas) {
    if (paths.key !== colours_.key) { paths.key = colours_.key; paths.fills = {}; }
    const units = [...colours_.css, "--none"].map(() => []);
    colours_.of.forEach((c, i) => units[c < 0 ? units.length - 1 : c].push(i));
    units.forEach((list, c) => { if (list.length) p.geo(p.svg ? null : paths.fills, c, (pen, frame) => list.forEach(i => misses(l.boxes, i, frame) || traceUnit(l, i, pen)), { ...(c === units.length - 1 ? { fill: colour("--none"), none: true } : { fill: colour(colours_.css[c]) }), ...(p.svg && !dense ? edge : {}) }); });
    if (colours_.few) p.geo(p.svg ? null : paths.fills, "few", (pen, frame) => colours_.of.forEach((c, i) => { if (c >= 0 && colours_.cases[i] < FEW && !misses(l.boxes, i, frame)) traceUnit(l, i, pen); }), { hatch: true });
  } else p.geo(p.svg ? null : paths, "land", (pen, frame) => { for (let i = 0; i < head().count; i++) misses(l.boxes, i, frame) || traceUnit(l, i, pen); }, { fill: colour("--land") });
  if ((!dense || near) && !(p.svg && fillsAreas && !dense)) p.geo(p.svg ? null : paths, "inner", (pen, frame) => traceArcs(l, false, pen, frame), edge);
  page.background.forEach((b, i) => {
    const back = layers[b];
    if (!back.drawn || page.layers[b].count > head().count) return;
    p.geo(p.svg ? null : back.paths, "inner", (pen, frame) => traceArcs(back, false, pen, frame), { stroke: colour(i ? "--region" : "--dept"), width: i ? 1.3 : .8 });
  });
  const coast = page.background.length ? layers[page.background[page.background.length - 1]] : l;
  for (const edge of coast.drawn && coast !== l ? [coast] : [l]) p.geo(p.svg ? null : edge.paths, "outer", (pen, frame) => traceArcs(edge, true, pen, frame), { stroke: colour("--coast"), width: .9 });
  for (const [unit, width, dash] of [[state.pinned, 2.2, [5, 3]], [state.chosen, 3, []]]) if (unit !== null && unit < head().count) {
    p.geo(null, "", pen => traceUnit(l, unit, pen), { stroke: colour("--halo"), width: width + 2.5 });
    p.geo(null, "", pen => traceUnit(l, unit, pen), { stroke: colour("--mark"), width, dash });
  }
  for (const f of page.frames) if (f.rectangle) p.text(say(f.name).split(",")[0], sx((f.rectangle[0] + f.rectangle[2]) / 2), sy(f.rectangle[3]) + 8, { size: 10.5, fill: colour("--ink"), halo: colour("--halo"), anchor: "middle" });
  // Circles: area in proportion to the number.
  const size = circleValues();
  if (size) {
    const most = Math.max(...size.values.filter(Number.isFinite), 1), largest = dense ? 16 : 24;
    [...l.points.keys()].filter(i => l.points[i] && size.values[i] > 0).sort((a, b) => size.values[b] - size.values[a]).forEach(i => {
      const x = sx(l.points[i][0]), y = sy(l.points[i][1]), r = Math.max(1.5, largest * Math.sqrt(size.values[i] / most));
      if (x < -r || y < -r || x > w + r || y > h + r) return;
      const c = state.onCircles && colours_ ? colours_.of[i] : -2;
      p.shape(pen => { pen.moveTo(x + r, y); pen.arc(x, y, r, 0, 7); }, { fill: c === -2 ? colour("--circle") : c < 0 ? colour("--none") : colour(colours_.css[c]), alpha: c === -2 ? .55 : .92 });
      p.shape(pen => { pen.moveTo(x + r, y); pen.arc(x, y, r, 0, 7); }, { stroke: colour(c === -2 ? "--halo" : "--circle"), width: .8 });
      found.circles.push({ x, y, r, unit: i, value: size.values[i] });
    });
  }
  // Flows: arcs between territories, rings inside them.
  const now = flows(), most = mostTies();
  const touches = f => state.chosen === null || f.u === state.chosen || f.v === state.chosen;
  const shownFlows = now.between.filter(f => state.classes[f.c]);
  // Without a choice the strongest flows stand out; the others stay as a pale ground.
  const strong = new Set(state.chosen === null ? shownFlows.slice(0, STRONG) : shownFlows.filter(touches));
  shownFlows.reverse();
  const arcs = shownFlows.map(f => ({ f, q: curve(l.points[f.u], l.points[f.v], .14 + .06 * f.c), width: Math.round(widthOf(f.ties.length, most) * 5) / 5, strong: strong.has(f) })).filter(a => !off(a.q, w, h));
  const whole = p.svg ? Math.round : v => v;
  const arc = q => pen => { pen.moveTo(whole(q.x1), whole(q.y1)); pen.quadraticCurveTo(q.cx, q.cy, q.x2, q.y2); };
  const halo = ({ q, width }) => p.shape(arc(q), { stroke: colour("--halo"), width: width + 1.6, alpha: .7 });
  const line = ({ f, q, width }, alpha) => p.shape(arc(q), { stroke: colour("--f" + f.c), width, dash: DASH[f.c], alpha });
  // In a picture those of one style follow each other, to be one path.
  if (p.svg) arcs.sort((a, b) => a.strong - b.strong || b.f.c - a.f.c || a.width - b.width);
  for (const a of arcs) if (!a.strong) line(a, .13);
  if (p.svg) for (const a of arcs) if (a.strong) halo(a);
  for (const a of arcs) if (a.strong) { if (!p.svg) halo(a); line(a, .88); found.flows.push({ ...a.f, q: a.q, width: a.width }); }
  for (const f of now.inside) {
    if (!state.classes[f.c] || !touches(f)) continue;
    const x = sx(l.points[f.u][0]), y = sy(l.points[f.u][1]), r = 5 + 2.5 * f.c + Math.min(9, 3 * Math.sqrt(f.ties.length / Math.max(1, most)) * 2);
    if (x < -r || y < -r || x > w + r || y > h + r) continue;
    const width = Math.max(1.4, Math.min(5, widthOf(f.ties.length, most)));
    p.shape(pen => { pen.moveTo(x + r, y); pen.arc(x, y, r, 0, 7); }, { stroke: colour("--halo"), width: width + 1.4, alpha: .7 });
    p.shape(pen => { pen.moveTo(x + r, y); pen.arc(x, y, r, 0, 7); }, { stroke: colour("--f" + f.c), width, dash: DASH[f.c] });
    found.flows.push({ ...f, ring: [x, y, r], width });
  }
  for (const [kind, u, v, why] of suggested()) {
    if (!l.points[u] || !l.points[v]) continue;
    const q = curve(l.points[u], l.points[v], -.16 - .06 * kind);
    if (off(q, w, h)) continue;
    const trace = pen => { pen.moveTo(q.x1, q.y1); pen.quadraticCurveTo(q.cx, q.cy, q.x2, q.y2); };
    p.shape(trace, { stroke: colour("--halo"), width: 4, alpha: .8 });
    p.shape(trace, { stroke: colour("--accent"), width: 2.2, dash: MIGHT[kind].dash, cap: kind ? "butt" : "round" });
    const [ax, ay] = alongCurve(q, .06), angle = Math.atan2(q.cy - q.y1, q.cx - q.x1);
    p.shape(pen => { for (const turn of [.45, -.45]) { pen.moveTo(ax, ay); pen.lineTo(ax + 9 * Math.cos(angle + turn), ay + 9 * Math.sin(angle + turn)); } }, { stroke: colour("--accent"), width: 2 });
    found.flows.push({ suggestion: [kind, u, v, why], q, width: 3 });
  }
  // Lines between actors of the choice, and actors.
  if (state.chosen !== null || state.actor !== null) for (const i of chosenTies()) {
    const a = page.actors.at[page.ties.a[i]], b = page.actors.at[page.ties.b[i]];
    if (!a || !b) continue;
    const q = curve(a, b, .05);
    if (off(q, w, h)) continue;
    p.shape(pen => { pen.moveTo(q.x1, q.y1); pen.quadraticCurveTo(q.cx, q.cy, q.x2, q.y2); }, { stroke: colour("--f" + page.ties.class[i]), width: 1.1, alpha: .75, dash: DASH[page.ties.class[i]] });
    found.lines.push({ tie: i, q, width: 2 });
  }
  const cells = new Map(), gap = state.showActors ? 34 : 20;
  for (const i of seenActors()) {
    const [px, py] = page.actors.at[i], x = sx(px), y = sy(py);
    if (x < -10 || y < -10 || x > w + 10 || y > h + 10) continue;
    // With the first circle near enough, so that circles do not cover each other's numbers.
    const column = Math.floor(x / gap), row = Math.floor(y / gap);
    let cell;
    for (let a = column - 1; a <= column + 1 && !cell; a++) for (let b = row - 1; b <= row + 1 && !cell; b++) { const c = cells.get(a * 10000 + b); if (c && Math.hypot(c.x - x, c.y - y) < gap) cell = c; }
    // A place holds one circle: another in it would be nearer than the gap, or nearly so.
    cell ??= cells.get(column * 10000 + row);
    if (cell) cell.ids.push(i); else cells.set(column * 10000 + row, { x, y, ids: [i] });
  }
  const placed = [];
  for (const cell of cells.values()) {
    const one = cell.ids.length === 1, r = one ? 5 : Math.min(17, 6 + 2.2 * Math.log2(cell.ids.length));
    if (one) p.shape(pen => symbol(pen, page.actors.kind[cell.ids[0]], cell.x, cell.y, 5), { fill: kindColour(page.actors.kind[cell.ids[0]]), stroke: colour("--halo"), width: 1 });
    else {
      p.shape(pen => { pen.moveTo(cell.x + r, cell.y); pen.arc(cell.x, cell.y, r, 0, 7); }, { fill: colour("--card"), stroke: colour("--ink"), width: 1.4 });
      p.text(number(cell.ids.length), cell.x, cell.y, { size: r > 11 ? 11 : 10, weight: 600, anchor: "middle", fill: colour("--ink") });
    }
    found.actors.push({ ...cell, r: Math.max(r, 7) });
    if (!one) placed.push([cell.x - r, cell.y, 2 * r]);
  }
  // Brokers with their names, the first ones first.
  if (state.showBrokers) {
    const seen = page.brokers.slice(0, BROKERS).map(([i], rank) => ({ i, rank, at: page.actors.at[i] })).filter(b => b.at && pass.actor[b.i]).map(b => ({ ...b, x: sx(b.at[0]), y: sy(b.at[1]) })).filter(b => b.x > 0 && b.y > 0 && b.x < w && b.y < h).reverse();
    for (const { i, x, y } of seen) {
      p.shape(pen => { pen.moveTo(x + 9, y); pen.arc(x, y, 9, 0, 7); }, { fill: colour("--card"), stroke: colour("--mark"), width: 1.6 });
      p.shape(pen => symbol(pen, page.actors.kind[i], x, y, 5), { fill: kindColour(page.actors.kind[i]) });
      found.actors.push({ x, y, r: 9, ids: [i] });
      placed.push([x - 9, y, 18]);
    }
    const free = (X, y, width) => X > 0 && X + width < w && !placed.some(o => Math.abs(o[1] - y) < 14 && X < o[0] + o[2] && o[0] < X + width);
    for (const { i, rank, x, y } of seen.reverse()) {
      const name = `${rank + 1}. ${page.actors.name[i]}`, label = name.length > 34 ? name.slice(0, 33) + "…" : name, width = label.length * 7;
      const place = [0, -15, 15, -30, 30].flatMap(dy => [[x + 12, y + dy], [x - 12 - width, y + dy]]).find(([X, Y]) => free(X, Y, width));
      if (!place) continue;
      placed.push([...place, width]);
      p.text(label, ...place, { size: 11.5, weight: 600, fill: colour("--ink"), halo: colour("--halo") });
    }
  }
  if (state.showNames) {
    const wanted = Math.min(page.labels.length, Math.round(12 * (view.k / home.k) ** 1.5) + 6);
    for (const [name, x, y] of page.labels.slice(0, wanted)) {
      const X = sx(x), Y = sy(y), width = name.length * 6.2;
      if (X < 0 || Y < 8 || X + width > w || Y > h - 4 || placed.some(o => Math.abs(o[1] - Y) < 14 && X < o[0] + o[2] && o[0] < X + width)) continue;
      placed.push([X, Y, width]);
      p.shape(pen => { pen.moveTo(X + 1.6, Y); pen.arc(X, Y, 1.6, 0, 7); }, { fill: colour("--ink") });
      p.text(name, X + 5, Y, { size: 11.5, fill: colour("--ink"), halo: colour("--halo") });
    }
  }
  if (hits) marks = found;
}
// Arcs of what might be: [kind, gains, has, why]; without a choice the first ones of the level.
const MIGHT = [{ key: "showSuggestions", name: "suggestions", dash: [1, 6] }, { key: "showPartners", name: "suggestedPartners", dash: [9, 5] }], FIRST = 30, BROKERS = 30;
function suggested() {
  const on = (layer().suggestions || []).filter(s => state[MIGHT[s[0]].key]);
  if (state.chosen !== null) return on.filter(s => s[1] === state.chosen || s[2] === state.chosen);
  return MIGHT.flatMap((_, k) => { const seen = new Set(); return on.filter(s => s[0] === k && !seen.has(s[1]) && seen.add(s[1])).slice(0, FIRST); });
}
function tiesBetween(u, v) { return flows().pairs.get(u < v ? u * 65536 + v : v * 65536 + u) || 0; }
function circleValues() {
  if (!state.circle) return null;
  if (state.circle[0] === "@") return { name: t({ "@actors": "filteredActors", "@ties": "filteredTies", "@cross": "filteredCross" }[state.circle]), values: total(state.circle), m: { decimals: 0, unit: null } };
  const k = measureAt(state.level, state.circle);
  return k < 0 ? null : { name: say(head().measures[k].name), values: layer().values[k], m: head().measures[k] };
}

const canvas = $("map"), context = canvas.getContext("2d");
const home = { x: 0, y: 0, k: 1 };
let ready = false, waiting = false;
function fit(picture_) {
  const l = layers[page.first], [w, h] = picture_ || [canvas.clientWidth || 1, canvas.clientHeight || 1];
  let box = [Infinity, Infinity, -Infinity, -Infinity];
  const grow = b => { box = [Math.min(box[0], b[0]), Math.min(box[1], b[1]), Math.max(box[2], b[2]), Math.max(box[3], b[3])]; };
  if (l && l.drawn) for (let i = 0; i < l.boxes.length; i += 4) if (l.boxes[i] <= l.boxes[i + 2]) grow(l.boxes.subarray(i, i + 4));
  for (const f of page.frames) if (f.rectangle) grow([f.rectangle[0], f.rectangle[1], f.rectangle[2], f.rectangle[3] + page.sheet[1] * .02]);
  if (box[0] > box[2]) box = [0, 0, ...page.sheet];
  Object.assign(home, frame(box, w, h, !picture_));
}
// The legend stands left of what is shown where there is room for both.
function frame([x, y, r, b], w, h, legend_ = true) {
  const beside = legend_ ? $("legend").offsetWidth + 16 : 0, left = w - beside > 380 ? beside : 0;
  const k = Math.min((w - left - 24) / Math.max(1, r - x), (h - 24) / Math.max(1, b - y));
  return { k, x: (x + r) / 2 - (w + left) / 2 / k, y: (y + b) / 2 - h / 2 / k };
}
function draw() {
  if (!ready || waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; drawNow(); });
}
function drawNow() {
  const ratio = Math.min(devicePixelRatio || 1, 2), w = canvas.clientWidth, h = canvas.clientHeight;
  if (!w || !h) return;
  if (canvas.width !== Math.round(w * ratio) || canvas.height !== Math.round(h * ratio)) { canvas.width = Math.round(w * ratio); canvas.height = Math.round(h * ratio); }
  const started = performance.now();
  paint(canvasPainter(context, ratio), w, h, true);
  root.dataset.drawn = Math.round((performance.now() - started) * 10) / 10;
}
function show(box) { Object.assign(view, frame(box, canvas.clientWidth, canvas.clientHeight)); state.view = [view.x, view.y, view.k].map(v => +v.toPrecision(6)); write(); draw(); }
function goHome() { fit(); base.around = null; Object.assign(view, home); state.view = null; write(); draw(); }
// What is shown first: the whole map, or the part of it where the few actors are.
function open_() {
  fit();
  Object.assign(view, home);
  if (!base.around) return;
  const near = frame(base.around, canvas.clientWidth || 1, canvas.clientHeight || 1);
  if (near.k > home.k * 1.5) Object.assign(view, near, { k: Math.min(near.k, home.k * 40) });
}
function zoomAt(factor, x = canvas.clientWidth / 2, y = canvas.clientHeight / 2) {
  const k = Math.min(home.k * 80, Math.max(home.k * .6, view.k * factor));
  view.x += x / view.k - x / k; view.y += y / view.k - y / k; view.k = k;
  moved();
}
function moved() { state.view = [view.x, view.y, view.k].map(v => +v.toPrecision(6)); writeSoon(); draw(); }

// Hitting.
function unitAt(x, y) {
  const l = layer(), px = x / view.k + view.x, py = y / view.k + view.y;
  for (let i = 0; i < head().count; i++) {
    if (px < l.boxes[i * 4] || px > l.boxes[i * 4 + 2] || py < l.boxes[i * 4 + 1] || py > l.boxes[i * 4 + 3]) continue;
    let inside = false;
    for (let r = l.ringStart[i]; r < l.ringStart[i + 1]; r++) { const g = l.rings[r]; for (let k = 0, j = g.length - 2; k < g.length; j = k, k += 2) if ((g[k + 1] > py) !== (g[j + 1] > py) && px < (g[j] - g[k]) * (py - g[k + 1]) / (g[j + 1] - g[k + 1]) + g[k]) inside = !inside; }
    if (inside) return i;
  }
  return -1;
}
function onCurve(f, x, y) {
  if (f.ring) return Math.abs(Math.hypot(x - f.ring[0], y - f.ring[1]) - f.ring[2]) <= f.width / 2 + (f.exact ? 0 : 2);
  const reach = f.exact ? f.width / 2 - 1 : Math.max(3, f.width / 2 + 1.5);
  if (x < Math.min(f.q.x1, f.q.x2, f.q.cx) - reach || x > Math.max(f.q.x1, f.q.x2, f.q.cx) + reach || y < Math.min(f.q.y1, f.q.y2, f.q.cy) - reach || y > Math.max(f.q.y1, f.q.y2, f.q.cy) + reach) return false;
  const steps = Math.min(80, Math.ceil(Math.hypot(f.q.x2 - f.q.x1, f.q.y2 - f.q.y1) / 6) + 4);
  for (let i = 0; i <= steps; i++) { const [a, b] = alongCurve(f.q, i / steps); if (Math.hypot(a - x, b - y) <= reach + 1) return true; }
  return false;
}
function under(x, y) {
  const last = list => { for (let i = list.length - 1; i >= 0; i--) { const m = list[i]; if (Math.hypot(m.x - x, m.y - y) <= m.r) return m; } return null; };
  const actors = last(marks.actors);
  if (actors) return { actors };
  const line = marks.lines.find(m => onCurve(m, x, y));
  if (line) return { line };
  for (let i = marks.flows.length - 1; i >= 0; i--) if (onCurve(marks.flows[i], x, y)) return { flow: marks.flows[i], unit: unitAt(x, y) };
  const circle = last(marks.circles), unit = unitAt(x, y);
  return { unit: unit < 0 && circle ? circle.unit : unit };
}
const unitName = u => layer().names[u];
const years = i => { const { from, to } = page.ties; return from[i] === null ? t("undated") : from[i] === to[i] ? String(from[i]) : from[i] + "–" + to[i]; };
function flowText(f) {
  if (f.suggestion) { const [kind, u, v, why] = f.suggestion, n = tiesBetween(u, v); return `${t(MIGHT[kind].name)}\n${unitName(v)} → ${unitName(u)}${n ? ` (${t("alreadyTied")}, ${ties(n)})` : ""}\n${capital(say(why))}`; }
  const word = CLASS_NAMES[f.c][state.lang];
  return (f.u === f.v ? `${unitName(f.u)}${colon()}${t("inside")}` : `${unitName(f.u)} – ${unitName(f.v)}`) + `\n${ties(f.ties.length)} ${word}`;
}
function unitText(u) {
  const lines = [`${unitName(u)} (${layer().codes[u]})`], k = measureAt(state.level, state.area);
  if (k >= 0) { const m = head().measures[k], v = layer().values[k][u], n = layer().cases[k] && layer().cases[k][u]; lines.push(`${say(m.name)}${colon()}${m.scale.kind === "classes" ? Number.isFinite(v) ? say(m.scale.labels[v]) : t("missing") : shown(m, v)}${Number.isFinite(v) && n !== null && n !== undefined ? ` (n = ${number(n)}${n < FEW ? ", " + t("few") : ""})` : ""}`); }
  const c = circleValues();
  if (c) lines.push(`${c.name}${colon()}${shown(c.m, c.values[u])}`);
  return lines.join("\n");
}
const actorText = i => `${page.actors.name[i]}\n${say(page.actors.kinds[page.actors.kind[i]])} · ${[t("rural"), t("urban"), t("unknown")][page.actors.side[i]]}${say(page.actors.details[page.actors.detail[i]]) ? "\n" + say(page.actors.details[page.actors.detail[i]]) : ""}`;
function tip(x, y) {
  const hit = under(x, y), box = $("tip");
  const text = hit.actors ? hit.actors.ids.length === 1 ? actorText(hit.actors.ids[0]) : `${number(hit.actors.ids.length)} ${t("severalHere")}` : hit.line ? tieText(hit.line.tie) : hit.flow ? flowText(hit.flow) : hit.unit >= 0 ? unitText(hit.unit) : "";
  box.hidden = !text;
  if (!text) return;
  box.textContent = text.length > 400 ? text.slice(0, 400) + "…" : text;
  const w = canvas.clientWidth, h = canvas.clientHeight;
  box.style.left = Math.max(4, Math.min(x + 14, w - box.offsetWidth - 4)) + "px";
  box.style.top = Math.max(4, y + 14 + box.offsetHeight > h ? y - box.offsetHeight - 10 : y + 14) + "px";
}
const tieText = i => `${page.actors.name[page.ties.a[i]]} – ${page.actors.name[page.ties.b[i]]}\n${say(page.ties.kinds[page.ties.kind[i]])}, ${CLASS_NAMES[page.ties.class[i]][state.lang]}, ${years(i)}`;
function click(x, y) {
  const hit = under(x, y);
  if (hit.actors) return hit.actors.ids.length === 1 ? chooseActor(hit.actors.ids[0]) : listActors(hit.actors.ids);
  if (hit.line) return listTies([hit.line.tie], tieText(hit.line.tie).split("\n")[0]);
  // A thin arc does not take the territory under it away.
  if (hit.flow && !hit.flow.suggestion && (hit.unit < 0 || hit.flow.width >= 4 && onCurve({ ...hit.flow, exact: true }, x, y))) return listTies(hit.flow.ties, flowText(hit.flow).split("\n")[0]);
  if (hit.unit >= 0) choose(hit.unit); else clearChoice();
}
const pointers = new Map();
let dragged = 0, pinch = 0;
canvas.addEventListener("pointerdown", e => { canvas.setPointerCapture(e.pointerId); pointers.set(e.pointerId, [e.offsetX, e.offsetY]); dragged = 0; pinch = 0; $("tip").hidden = true; });
canvas.addEventListener("pointermove", e => {
  const was = pointers.get(e.pointerId);
  if (!was) { if (e.pointerType !== "touch" && ready) tip(e.offsetX, e.offsetY); return; }
  const dx = e.offsetX - was[0], dy = e.offsetY - was[1];
  pointers.set(e.pointerId, [e.offsetX, e.offsetY]);
  if (pointers.size === 2) {
    const [a, b] = [...pointers.values()], d = Math.hypot(a[0] - b[0], a[1] - b[1]);
    if (pinch) zoomAt(d / pinch, (a[0] + b[0]) / 2, (a[1] + b[1]) / 2);
    pinch = d; dragged = 99;
    return;
  }
  dragged += Math.abs(dx) + Math.abs(dy);
  if (dragged < 5) return;
  view.x -= dx / view.k; view.y -= dy / view.k;
  moved();
});
canvas.addEventListener("pointerup", e => { pointers.delete(e.pointerId); pinch = 0; if (dragged < 5 && ready) click(e.offsetX, e.offsetY); });
canvas.addEventListener("pointercancel", e => pointers.delete(e.pointerId));
canvas.addEventListener("pointerleave", () => { $("tip").hidden = true; });
canvas.addEventListener("wheel", e => { e.preventDefault(); if (ready) zoomAt(Math.exp(-e.deltaY * (e.deltaMode ? .05 : .0016)), e.offsetX, e.offsetY); }, { passive: false });
canvas.addEventListener("dblclick", e => zoomAt(2, e.offsetX, e.offsetY));
canvas.addEventListener("keydown", e => {
  const step = 60 / view.k, move = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[e.key];
  if (move) { view.x += move[0]; view.y += move[1]; moved(); }
  else if (e.key === "+" || e.key === "=") zoomAt(1.5); else if (e.key === "-") zoomAt(1 / 1.5); else if (e.key === "0") goHome();
  else if (e.key === "Enter") { const u = unitAt(canvas.clientWidth / 2, canvas.clientHeight / 2); if (u >= 0) choose(u); }
  else return;
  e.preventDefault();
});
document.addEventListener("keydown", e => { if (e.key === "Escape" && !["query", "sift"].includes(document.activeElement.id)) { $("share").open = false; $("notes").open = false; clearChoice(); } });

// Choosing.
function choose(u, move) {
  state.chosen = u; state.actor = null;
  openTab("panel");
  update();
  if (move) showUnit(u);
}
function showUnit(u) {
  const b = layer().boxes.subarray(u * 4, u * 4 + 4);
  if (b[0] > b[2]) return;
  const dx = (b[2] - b[0]) * .8, dy = (b[3] - b[1]) * .8;
  show([b[0] - dx, b[1] - dy, b[2] + dx, b[3] + dy]);
}
function chooseActor(i, move) {
  state.actor = i; state.chosen = null;
  openTab("panel");
  update();
  const at = page.actors.at[i];
  if (move && at) { const d = page.sheet[1] * .05; show([at[0] - d, at[1] - d, at[0] + d, at[1] + d]); }
}
function clearChoice() { if (state.chosen === null && state.actor === null && !$("panel").dataset.list) return; state.chosen = state.actor = null; update(); }
function update() { draw(); panel(); rows(); write(); }

// The panel.
function actorButton(i) { const b = element("button", { className: "link", type: "button", textContent: page.actors.name[i], onclick: () => chooseActor(i, true) }); return b; }
function listed(items, make, first = 12) {
  const list = element("ul");
  const put = n => list.replaceChildren(...items.slice(0, n).map(make), ...(items.length > n ? [element("li", {}, element("button", { type: "button", textContent: `${t("all")} (${number(items.length)})`, onclick: () => put(400) }))] : []));
  put(first);
  return list;
}
const actorItem = i => element("li", {}, icon(page.actors.kind[i]), " ", actorButton(i), element("div", { className: "soft", textContent: [say(page.actors.kinds[page.actors.kind[i]]), [t("rural"), t("urban"), t("unknown")][page.actors.side[i]], say(page.actors.details[page.actors.detail[i]])].filter(Boolean).join(" · ") }));
function tieItem(i, own) {
  const other = own === page.ties.a[i] ? page.ties.b[i] : page.ties.a[i], where = layer().unitOf[other];
  return element("li", {}, classKey(page.ties.class[i]), " ", own === null ? "" : "→ ", ...(own === null ? [actorButton(page.ties.a[i]), " – "] : []), actorButton(other), element("div", { className: "soft", textContent: [say(page.ties.kinds[page.ties.kind[i]]), CLASS_NAMES[page.ties.class[i]][state.lang], years(i), where >= 0 ? unitName(where) : ""].filter(Boolean).join(" · ") }));
}
function fill(...content) { $("panel").replaceChildren(...content); $("panel").scrollTop = 0; }
function listActors(ids) {
  $("panel").dataset.list = 1; openTab("panel");
  fill(element("h2", { textContent: `${number(ids.length)} ${t("severalHere")}` }), element("div", { className: "buttons" }, element("button", { type: "button", textContent: t("close"), onclick: panel })), listed(ids, actorItem, 60));
}
function listTies(list, title) {
  $("panel").dataset.list = 1; openTab("panel");
  fill(element("h2", { textContent: title }), element("p", { textContent: ties(list.length) }), element("div", { className: "buttons" }, element("button", { type: "button", textContent: t("close"), onclick: panel })), listed(list, i => tieItem(i, null), 60));
}
const rankWord = n => state.lang ? n + (n % 100 > 10 && n % 100 < 14 ? "th" : ["th", "st", "nd", "rd"][n % 10] || "th") : n === 1 ? "1er" : n + "e";
function rank(values, u) {
  if (!Number.isFinite(values[u])) return null;
  let above = 0, all = 0;
  for (const v of values) if (Number.isFinite(v)) { all++; if (v > values[u]) above++; }
  return { rank: above + 1, all };
}
function parentOf(u, key) {
  const p = (layer().parents || []).find(p => page.layers[p.layer].key === key);
  return p && p.of[u] !== null && p.of[u] !== undefined ? { layer: p.layer, unit: p.of[u] } : null;
}
function whereIs(l, u) { const p = (layers[l].parents || [])[0]; return p && p.of[u] !== null && layers[p.layer].loaded ? `${layers[p.layer].names[p.of[u]]} (${layers[p.layer].codes[p.of[u]]})` : ""; }
function strip(values, u, others) {
  const finite = values.filter(Number.isFinite);
  let low = Math.min(...finite.slice(0, 50000)), high = Math.max(...finite.slice(0, 50000));
  if (!(high > low)) return null;
  const W_ = 290, x = v => 6 + (W_ - 12) * (v - low) / (high - low), bins = new Map();
  finite.forEach(v => { const k = Math.round(x(v)); bins.set(k, (bins.get(k) || 0) + 1); });
  const most = Math.max(...bins.values()), svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", `0 0 ${W_} 34`); svg.setAttribute("width", "100%"); svg.setAttribute("role", "img"); svg.setAttribute("aria-label", t("peers"));
  const add = (name, attributes) => { const e = document.createElementNS("http://www.w3.org/2000/svg", name); for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v); svg.append(e); };
  for (const [k, n] of bins) add("path", { d: `M${k} 28V${26 - 20 * Math.sqrt(n / most)}`, stroke: colour("--soft"), "stroke-width": 1 });
  others.forEach(([v, c, d]) => { if (Number.isFinite(v)) add("path", { d: `M${x(v)} 33V2`, stroke: c, "stroke-width": 2.4, "stroke-dasharray": d }); });
  return svg;
}
function panel() {
  const box = $("panel");
  delete box.dataset.list;
  if (state.actor !== null) return actorPanel(state.actor);
  if (state.chosen === null) return fill(element("h2", { textContent: say(page.title) }), element("p", { textContent: say(page.subtitle) }), ...figures(), element("p", { className: "soft", textContent: t("chooseOne") }), ...reading());
  const u = state.chosen, l = layer(), h = head(), pinned = state.pinned !== null && state.pinned !== u ? state.pinned : null;
  const region = parentOf(u, "region"), at = [h.name && say(h.name), l.codes[u], whereIs(state.level, u)].filter(Boolean).join(" · ");
  const hidden = l.boxes[u * 4] > l.boxes[u * 4 + 2];
  const k = measureAt(state.level, state.area), m = h.measures[k], content = [element("h2", { textContent: l.names[u] }), element("p", { className: "soft", textContent: at + (hidden ? " · " + t("noOutline") : "") })];
  content.push(element("div", { className: "buttons" },
    element("button", { type: "button", textContent: t("zoomTo"), onclick: () => showUnit(u) }),
    element("button", { type: "button", "aria-pressed": state.pinned === u, textContent: state.pinned === u ? t("unpin") : t("pin"), onclick: () => { state.pinned = state.pinned === u ? null : u; update(); } }),
    element("button", { type: "button", textContent: t("close"), onclick: clearChoice })));
  const regionValue = key => { if (!region || !layers[region.layer].loaded) return NaN; const r = measureAt(region.layer, key); return r < 0 ? NaN : layers[region.layer].values[r][region.unit]; };
  if (region && !layers[region.layer].loaded) table(region.layer).then(panel);
  if (m && m.scale.kind !== "classes") {
    const v = l.values[k][u], r = rank(l.values[k], u), n = l.cases[k] ? l.cases[k][u] : null;
    content.push(element("h3", { textContent: say(m.name) }), element("p", {}, element("span", { className: "big", textContent: shown(m, v) }), element("span", { className: "soft", textContent: (Number.isFinite(v) && n !== null ? ` n = ${number(n)}${n < FEW ? ", " + t("few") : ""}` : "") + (r ? ` · ${rankWord(r.rank)} ${t("ofPeers")} ${number(r.all)}` : "") })));
    const s = strip(l.values[k], u, [[m.whole, colour("--f1"), "2 2"], [regionValue(m.key), colour("--accent"), "5 2"], [v, colour("--f0"), ""]]);
    const key = (c, d, text) => [picture(14, 12, ["path", { d: "M7 0V12", stroke: colour(c), "stroke-width": 2.4, "stroke-dasharray": d }]), text + " "];
    if (s) content.push(s, element("p", { className: "soft" }, ...key("--f0", "", t("here")), ...(Number.isFinite(regionValue(m.key)) ? key("--accent", "5 2", layers[region.layer].names[region.unit]) : []), ...(m.whole === null ? [] : key("--f1", "2 2", t("whole"))), element("br"), t("peers")));
  }
  const columns = [[l.names[u], u], ...(pinned !== null ? [[l.names[pinned], pinned]] : [])];
  const cell = text => element("td", { className: "num", textContent: text });
  const valueOf = (mm, v) => mm.scale.kind === "classes" ? Number.isFinite(v) ? say(mm.scale.labels[v]) : "–" : Number.isFinite(v) ? shown(mm, v, say(mm.unit) === "%" || say(mm.unit) === "km") : "–";
  const comparing = element("table", {},
    element("thead", {}, element("tr", {}, element("th", { scope: "col", textContent: t("measure") }), ...columns.map(([name]) => element("th", { scope: "col", className: "num", textContent: pinned === null ? t("value") : name.slice(0, 24) })), ...(pinned === null ? [element("th", { scope: "col", className: "num", textContent: t("rank") })] : []), ...(region && pinned === null ? [element("th", { scope: "col", className: "num", textContent: say(page.layers[region.layer].name) })] : []), element("th", { scope: "col", className: "num", textContent: t("whole") }))),
    element("tbody", {}, ...h.measures.map((mm, i) => {
      const r = mm.scale.kind === "classes" ? null : rank(l.values[i], u);
      return element("tr", {}, element("th", { scope: "row", textContent: say(mm.name) }), ...columns.map(([, c]) => cell(valueOf(mm, l.values[i][c]))), ...(pinned === null ? [cell(r ? number(r.rank) + "/" + number(r.all) : "–")] : []), ...(region && pinned === null ? [cell(valueOf(mm, regionValue(mm.key)))] : []), cell(mm.whole === null ? "–" : valueOf(mm, mm.whole)));
    })));
  if (pinned !== null) content.push(element("p", { className: "soft", textContent: `${t("compared")} ${l.names[pinned]}` }));
  const own = (l.actors.get(u) || []).filter(a => pass.actor[a]), list = chosenTies();
  const tied = new Map();
  list.forEach(i => [page.ties.a[i], page.ties.b[i]].forEach(a => tied.set(a, (tied.get(a) || 0) + 1)));
  own.sort((a, b) => (tied.get(b) || 0) - (tied.get(a) || 0) || page.actors.name[a].localeCompare(page.actors.name[b]));
  const near = flows().between.filter(f => state.classes[f.c] && (f.u === u || f.v === u));
  content.push(element("h3", { textContent: `${t("partnerTerritories")} (${number(near.length)})` }), near.length ? listed(near, f => { const o = f.u === u ? f.v : f.u; return element("li", {}, classKey(f.c), " ", element("button", { type: "button", className: "link", textContent: l.names[o], onclick: () => choose(o) }), element("span", { className: "soft", textContent: ` ${ties(f.ties.length)} ${CLASS_NAMES[f.c][state.lang]}` })); }, 8) : element("p", { className: "soft", textContent: t("noTie") }));
  const insiders = new Set(l.actors.get(u) || []);
  content.push(element("h3", { textContent: `${t("partners")} (${ties(list.length)})` }), list.length ? listed(list, i => { const own_ = insiders.has(page.ties.a[i]) ? page.ties.a[i] : page.ties.b[i]; const item = tieItem(i, own_); item.firstChild.after(" ", page.actors.name[own_]); return item; }, 8) : element("p", { className: "soft", textContent: t("noTie") }));
  content.push(element("h3", { textContent: `${t("actorsHere")} (${number(own.length)})` }), own.length ? listed(own, actorItem, 8) : element("p", { className: "soft", textContent: t("noActor") }));
  MIGHT.forEach(({ name }, kind) => {
    const could = (l.suggestions || []).filter(s => s[0] === kind && (s[1] === u || s[2] === u));
    if (could.length) content.push(element("h3", { textContent: t(name) }), listed(could, ([, a, b, why]) => { const o = a === u ? b : a, n = tiesBetween(a, b); return element("li", {}, a === u ? "← " : "→ ", element("button", { type: "button", className: "link", textContent: l.names[o], onclick: () => choose(o) }), n ? element("span", { className: "soft", textContent: ` (${t("alreadyTied")}, ${ties(n)})` }) : "", element("div", { className: "soft", textContent: capital(say(why)) })); }, 4));
  });
  content.push(element("h3", { textContent: t("measure") }), comparing);
  fill(...content);
}
function actorPanel(i) {
  const list = chosenTies(), where = layer().unitOf[i];
  fill(element("h2", {}, icon(page.actors.kind[i]), " " + page.actors.name[i]), element("p", { className: "soft", textContent: actorText(i).split("\n").slice(1).join(" · ") }), ...page.brokers.filter(b => b[0] === i).map(b => element("p", { textContent: capital(say(b[1])) + "." })),
    element("div", { className: "buttons" }, ...(page.actors.at[i] ? [element("button", { type: "button", textContent: t("zoomTo"), onclick: () => chooseActor(i, true) })] : []), ...(where >= 0 ? [element("button", { type: "button", textContent: unitName(where), onclick: () => choose(where) })] : []), element("button", { type: "button", textContent: t("close"), onclick: clearChoice })),
    element("h3", { textContent: `${t("partners")} (${ties(list.length)})` }), list.length ? listed(list, k => tieItem(k, i), 30) : element("p", { className: "soft", textContent: t("noTie") }));
}
function figures() { return [element("table", {}, element("tbody", {}, ...page.summary.map(([label, value]) => element("tr", {}, element("th", { scope: "row", textContent: say(label) }), element("td", { className: "num", textContent: say(value) })))))]; }
function reading() {
  const top = flows().between.find(f => state.classes[f.c]);
  return top ? [element("p", { textContent: `${t("reader")}${colon()}${unitName(top.u)} – ${unitName(top.v)}, ${ties(top.ties.length)} ${CLASS_NAMES[top.c][state.lang]}.` })] : [];
}

// Keys of the legend.
function picture(w, h, ...parts) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("width", w); svg.setAttribute("height", h); svg.setAttribute("aria-hidden", "true");
  for (const [name, attributes] of parts) { const e = document.createElementNS("http://www.w3.org/2000/svg", name); for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v); svg.append(e); }
  return svg;
}
const classKey = c => picture(30, 10, ["path", { d: "M1 5H29", stroke: colour("--f" + c), "stroke-width": 3, "stroke-dasharray": DASH[c].join(" "), fill: "none" }]);
function icon(kind) {
  let d = "";
  symbol({ moveTo(x, y) { d += `M${x} ${y}`; }, lineTo(x, y) { d += `L${x} ${y}`; }, closePath() { d += "z"; }, rect(x, y, a, b) { d += `M${x} ${y}h${a}v${b}h${-a}z`; }, arc(x, y, r) { d += `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`; } }, kind, 8, 8, 5.5);
  return picture(16, 16, ["path", { d, fill: kindColour(kind) }]);
}
// What the legend says, for the page, the SVG and the PNG.
function legendRows() {
  const list = [], c = colouring();
  if (c) {
    list.push({ title: say(c.m.name) + (say(c.m.unit) ? ` (${say(c.m.unit)})` : "") });
    c.labels.map((label, i) => ({ swatch: c.css[i], text: label, n: c.counts[i] })).reverse().forEach(r => { if (r.n || c.m.scale.kind === "classes") list.push(r); });
    if (c.missing) list.push({ swatch: "--none", dots: true, text: t("missing"), n: c.missing });
    if (c.few) list.push({ hatch: true, text: t("few"), n: c.few });
  }
  const size = circleValues();
  if (size) {
    const most = Math.max(...size.values.filter(Number.isFinite), 1);
    list.push({ title: size.name }, { circles: [most, most / 4].map(v => v > 10 ? +v.toPrecision(1) : Math.ceil(v)).filter((v, i, a) => v > 0 && a.indexOf(v) === i), most });
  }
  const now = flows(), most = mostTies();
  if (state.classes.some(Boolean)) list.push({ title: t("flows") });
  CLASS_NAMES.forEach((name, i) => { if (state.classes[i]) list.push({ line: i, text: name[state.lang], n: now.byClass[i] }); });
  const drawn = now.between.filter(f => state.classes[f.c]).length;
  if (drawn) list.push({ widths: [...new Set([1, Math.ceil(most / 2), most])], most, text: t("widths") + (state.chosen === null && drawn > STRONG ? t("pale") : "") });
  if (now.inside.some(f => state.classes[f.c])) list.push({ ringKey: true, text: t("ring") });
  if (state.showActors || state.chosen !== null || state.actor !== null) {
    const kinds = [...new Set(seenActors().map(i => page.actors.kind[i]))].sort((a, b) => a - b);
    if (kinds.length) list.push({ title: t("actorsHere") }, ...kinds.map(k => ({ kind: k, text: say(page.actors.kinds[k]) })));
  }
  const might = new Set(suggested().map(s => s[0]));
  MIGHT.forEach((m, kind) => { if (might.has(kind)) list.push({ might: kind, text: t(m.name) }); });
  if (might.size) list.push({ note: t("towards") });
  if (state.showBrokers) list.push({ broker: true, text: t("brokersWord") });
  return list;
}
function legend() {
  if (!ready) return;
  const box = $("legend"), most = mostTies();
  const row = (key, text, n) => element("div", { className: "row" }, key, element("span", { textContent: text }), ...(n === undefined ? [] : [element("span", { className: "n", textContent: number(n) })]));
  const body = element("div", { className: "body" });
  for (const r of legendRows()) {
    if (r.title) body.append(element("h3", { textContent: r.title }));
    else if (r.swatch) body.append(row(picture(20, 13, ["rect", { width: 20, height: 13, fill: colour(r.swatch), stroke: colour("--border") }], ...(r.dots ? [["path", { d: "M3 3h1M9 3h1M15 3h1M6 7h1M12 7h1M3 11h1M9 11h1M15 11h1", stroke: colour("--soft"), "stroke-width": 1.4 }]] : [])), r.text, r.n));
    else if (r.hatch) body.append(row(picture(20, 13, ["rect", { width: 20, height: 13, fill: "none", stroke: colour("--border") }], ["path", { d: "M0 8L8 0M2 13L15 0M9 13L20 2", stroke: colour("--ink"), "stroke-width": 1 }]), r.text, r.n));
    else if (r.circles) body.append(...r.circles.map(v => { const q = 24 * Math.sqrt(v / r.most); return row(picture(50, Math.max(10, 2 * q + 2), ["circle", { cx: 25, cy: Math.max(5, q + 1), r: q, fill: colour("--circle"), opacity: .6 }]), number(v)); }));
    else if (r.line !== undefined) body.append(row(classKey(r.line), r.text, r.n));
    else if (r.widths) { body.append(element("div", { className: "row" }, ...r.widths.flatMap(n => [picture(26, 11, ["path", { d: "M0 5.5H26", stroke: colour("--soft"), "stroke-width": widthOf(n, most) }]), element("span", { textContent: number(n) })])), element("p", { className: "say", textContent: r.text })); }
    else if (r.ringKey) body.append(row(picture(20, 14, ["circle", { cx: 10, cy: 7, r: 5, fill: "none", stroke: colour("--soft"), "stroke-width": 2 }]), r.text));
    else if (r.kind !== undefined) body.append(row(icon(r.kind), r.text));
    else if (r.might !== undefined) body.append(row(picture(30, 10, ["path", { d: "M1 5H29", stroke: colour("--accent"), "stroke-width": 2.4, "stroke-dasharray": MIGHT[r.might].dash.join(" "), "stroke-linecap": r.might ? "butt" : "round" }]), r.text));
    else if (r.broker) body.append(row(picture(20, 20, ["circle", { cx: 10, cy: 10, r: 8, fill: colour("--card"), stroke: colour("--mark"), "stroke-width": 1.6 }], ["circle", { cx: 10, cy: 10, r: 4, fill: colour("--mark") }]), r.text));
    else if (r.note) body.append(element("p", { className: "say", textContent: capital(r.note) + "." }));
  }
  if (head().approximate) body.append(element("p", { className: "say", textContent: t("approximate") }));
  const toggle = element("button", { type: "button", className: "toggle", textContent: t("legendToggle"), "aria-expanded": box.classList.contains("open"), onclick: () => { box.classList.toggle("open"); legend(); } });
  box.replaceChildren(toggle, body);
}

// The table: all that the map shows, in words.
const sheet = { sort: null, down: true, from: 0, size: 50, marked: new Set(), list: [], columns: [] };
function tableData() {
  const l = layer(), h = head();
  if (state.rows === "flows") {
    const list = flows().between.concat(flows().inside).filter(f => state.classes[f.c]);
    return { n: list.length, columns: [{ name: t("a"), text: i => unitName(list[i].u) }, { name: t("b"), text: i => unitName(list[i].v) }, { name: t("classWord"), text: i => CLASS_NAMES[list[i].c][state.lang] }, { name: t("count"), value: i => list[i].ties.length, digits: 0 }], open: i => list[i].u === list[i].v ? choose(list[i].u, true) : listTies(list[i].ties, flowText(list[i]).split("\n")[0]), mark: () => false };
  }
  if (state.rows === "suggestions") {
    const list = l.suggestions || [];
    return { n: list.length, columns: [{ name: t("gains"), text: i => unitName(list[i][1]) }, { name: t("holds"), text: i => unitName(list[i][2]) }, { name: t("kind"), text: i => t(MIGHT[list[i][0]].name) }, { name: t("why"), text: i => say(list[i][3]) }, { name: t("knownTies"), value: i => tiesBetween(list[i][1], list[i][2]), digits: 0 }], plain: true, open: i => choose(list[i][1], true), mark: i => state.chosen !== null && (list[i][1] === state.chosen || list[i][2] === state.chosen) };
  }
  if (state.rows === "brokers") {
    const list = page.brokers;
    return { n: list.length, columns: [{ name: t("name"), text: i => page.actors.name[list[i][0]] }, { name: t("kind"), text: i => say(page.actors.kinds[page.actors.kind[list[i][0]]]) }, { name: say(h.name), text: i => l.unitOf[list[i][0]] >= 0 ? unitName(l.unitOf[list[i][0]]) : "" }, { name: t("why"), text: i => say(list[i][1]) }, { name: capital(t("rank")), value: i => i + 1, digits: 0 }], plain: true, open: i => chooseActor(list[i][0], true), mark: i => list[i][0] === state.actor };
  }
  if (state.rows === "actors") {
    const list = [...page.actors.kind.keys()].filter(i => pass.actor[i]), counts = new Int32Array(page.actors.kind.length);
    page.ties.a.forEach((a, i) => { if (pass.tie[i]) { counts[a]++; counts[page.ties.b[i]]++; } });
    return { n: list.length, columns: [{ name: t("name"), text: i => page.actors.name[list[i]] }, { name: t("kind"), text: i => say(page.actors.kinds[page.actors.kind[list[i]]]) }, { name: t("side"), text: i => [t("rural"), t("urban"), t("unknown")][page.actors.side[list[i]]] }, { name: t("place"), text: i => say(page.actors.details[page.actors.detail[list[i]]]) }, { name: say(h.name), text: i => l.unitOf[list[i]] >= 0 ? unitName(l.unitOf[list[i]]) : "" }, { name: t("count"), value: i => counts[list[i]], digits: 0 }], open: i => chooseActor(list[i], true), mark: i => list[i] === state.actor };
  }
  const parents = (l.parents || [])[0], inside = parents && layers[parents.layer].loaded;
  const columns = [{ name: t("name"), text: i => l.names[i] }, { name: t("code"), text: i => l.codes[i] }];
  if (inside) columns.push({ name: say(page.layers[parents.layer].name), text: i => parents.of[i] === null ? "" : layers[parents.layer].names[parents.of[i]] });
  columns.push({ name: t("filteredTies"), value: i => total("@ties")[i], digits: 0 }, { name: t("filteredActors"), value: i => total("@actors")[i], digits: 0 });
  h.measures.forEach((m, k) => {
    columns.push(m.scale.kind === "classes" ? { name: say(m.name), key: m.key, text: i => Number.isFinite(l.values[k][i]) ? say(m.scale.labels[l.values[k][i]]) : "" } : { name: say(m.name) + (say(m.unit) ? ` (${say(m.unit)})` : ""), key: m.key, percent: say(m.unit) === "%", value: i => l.values[k][i], digits: m.decimals });
    if (l.cases[k]) columns.push({ name: `n (${say(m.name)})`, value: i => l.cases[k][i], digits: 0 });
  });
  return { n: h.count, columns, open: i => choose(i, false), mark: i => i === state.chosen || i === state.pinned || sheet.marked.has(i) };
}
function sorted() {
  const data = sheet.data = tableData(), { columns } = data;
  let order = [...Array(data.n).keys()];
  const q = fold($("sift").value.trim());
  if (q) { const texts = columns.filter(c => c.text); order = order.filter(i => texts.some(c => fold(c.text(i)).includes(q))); }
  if ($("only-marked").checked) order = order.filter(data.mark);
  if (data.plain && sheet.sort === null) { sheet.at = -1; return sheet.list = order; }
  const at = sheet.sort === null ? Math.max(0, columns.findIndex(c => c.key === state.area && state.rows === "territories" && c.value)) : Math.min(sheet.sort, columns.length - 1);
  const c = columns[at], sign = sheet.down ? -1 : 1, down = c.value ? sign : -sign * (sheet.sort === null ? 1 : -1);
  if (c.value) { const v = Float64Array.from(order.length ? Array(data.n).keys() : [], i => c.value(i)); order.sort((a, b) => Number.isNaN(v[a]) ? Number.isNaN(v[b]) ? a - b : 1 : Number.isNaN(v[b]) ? -1 : sign * (v[a] - v[b]) || a - b); }
  else { const collator = new Intl.Collator(state.lang ? "en" : "fr"), v = order.length < 40000 ? order.reduce((all, i) => (all[i] = c.text(i), all), []) : []; order.sort((a, b) => (sheet.sort === null ? 1 : -down * -1) * collator.compare(v[a], v[b])); }
  sheet.at = at;
  return sheet.list = order;
}
function rows() {
  if (!ready) return;
  const order = sorted(), { columns, mark, open } = sheet.data;
  if (state.chosen !== null && state.rows === "territories") { const at = order.indexOf(state.chosen); if (at >= 0 && (at < sheet.from || at >= sheet.from + sheet.size)) sheet.from = Math.floor(at / sheet.size) * sheet.size; }
  if (sheet.from >= order.length) sheet.from = 0;
  const page_ = order.slice(sheet.from, sheet.from + sheet.size);
  $("row-count").textContent = order.length ? `${number(sheet.from + 1)}–${number(sheet.from + page_.length)} ${t("ofPeers")} ${number(order.length)}` : "0";
  $("prev").disabled = sheet.from === 0; $("next").disabled = sheet.from + sheet.size >= order.length;
  const headRow = element("tr", {}, ...columns.map((c, k) => element("th", { scope: "col", className: c.text ? "text" : "", "aria-sort": k === sheet.at ? sheet.down && c.value || !sheet.down && !c.value ? "descending" : "ascending" : "none" }, element("button", { type: "button", textContent: c.name, title: c.name, onclick: () => { sheet.down = sheet.at === k ? !sheet.down : true; sheet.sort = k; sheet.from = 0; rows(); } }))));
  const body = page_.map(i => element("tr", { className: mark(i) ? "marked" : "" }, ...columns.map((c, k) => {
    if (k === 0) return element("td", { className: "text" }, element("button", { type: "button", className: "link", textContent: c.text(i) || "–", onclick: () => open(i) }));
    if (c.text) return element("td", { className: "text", textContent: c.text(i) });
    const v = c.value(i);
    return element("td", { textContent: Number.isFinite(v) ? number(v, c.digits) : "–" });
  })));
  $("table").replaceChildren(element("thead", {}, headRow), element("tbody", {}, ...body));
  const marked = $("table").querySelector("tr.marked");
  if (marked) $("table-scroll").scrollTop = marked.offsetTop - 60;
}
// As a spreadsheet of the language opens it; shares go from 0 to 1, as in the tables beside the page.
function csv() {
  const { columns } = sheet.data, semi = state.lang ? "," : ";", quote = v => /[",\n\r;]/.test(v) ? `"${v.replace(/"/g, "\"\"")}"` : v, safe = v => /^[=+\-@\t\r]/.test(v) ? "'" + v : v;
  const figure = c => i => { const v = c.value(i), text = c.percent ? String(+(v / 100).toFixed(c.digits + 2)) : String(+v.toFixed(c.digits)); return Number.isFinite(v) ? state.lang ? text : text.replace(".", ",") : ""; };
  const write_ = columns.map(c => c.text ? i => quote(safe(c.text(i))) : figure(c));
  const lines = [columns.map(c => quote(safe(c.percent ? c.name.replace("(%)", "(0–1)") : c.name))).join(semi)];
  for (const i of sheet.list) lines.push(write_.map(f => f(i)).join(semi));
  lines.push("", quote(credits()));
  save(new Blob(["\ufeff" + lines.join("\r\n")], { type: "text/csv" }), `${head().key}-${state.rows}.csv`);
}
function save(blob, name) {
  const link = element("a", { href: URL.createObjectURL(blob), download: "rurban-" + name });
  document.body.append(link); link.click(); link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 4000);
}
const credits = () => `${t("sources")}${colon()}${page.sources.map(say).join(state.lang ? "; " : "\u202f; ")}. ${say(page.edition)}.`;

// Pictures with title, legend and source.
function caption() {
  const c = colouring();
  return `${say(page.title)} — ${[c && say(c.m.name), circleValues() && circleValues().name, t("flows")].filter(Boolean).join(", ")} (${say(head().plural)})`;
}
function wrap(text, width, size) {
  const lines = []; let line = "";
  for (const word of text.split(/\s+/)) { if ((line + " " + word).length * size * .54 > width && line) { lines.push(line); line = word; } else line = line ? line + " " + word : word; }
  return line ? [...lines, line] : lines;
}
function sidePicture(p, x, y, width) {
  const ink = { size: 12, fill: colour("--ink") }, most = mostTies();
  for (const r of legendRows()) {
    if (r.title) { y += 8; for (const line of wrap(r.title, width, 12)) { p.text(line, x, y, { ...ink, weight: 600 }); y += 16; } continue; }
    if (r.circles) { for (const v of r.circles) { const q = 24 * Math.sqrt(v / r.most), step = Math.max(16, 2 * q + 4); p.shape(c => { c.moveTo(x + 25 + q, y + step / 2 - 8); c.arc(x + 25, y + step / 2 - 8, q, 0, 7); }, { fill: colour("--circle"), alpha: .6 }); p.text(number(v), x + 58, y + step / 2 - 8, ink); y += step; } continue; }
    if (r.widths) { let left = x; for (const n of r.widths) { p.shape(c => { c.moveTo(left, y); c.lineTo(left + 24, y); }, { stroke: colour("--soft"), width: widthOf(n, most) }); p.text(number(n), left + 28, y, ink); left += 58; } y += 16; for (const line of wrap(r.text, width, 12)) { p.text(line, x, y, ink); y += 16; } continue; }
    if (r.swatch) p.shape(c => c.rect(x, y - 6, 20, 12), { fill: colour(r.swatch), stroke: colour("--border"), width: 1 });
    if (r.dots) p.shape(c => { for (const k of [3, 9, 15]) c.rect(x + k, y - 1, 1.4, 1.4); }, { fill: colour("--soft") });
    if (r.hatch) p.shape(c => { for (const k of [0, 7, 14]) { c.moveTo(x + k, y + 6); c.lineTo(x + k + 6, y - 6); } }, { stroke: colour("--ink"), width: 1 });
    if (r.line !== undefined) p.shape(c => { c.moveTo(x, y); c.lineTo(x + 26, y); }, { stroke: colour("--f" + r.line), width: 3, dash: DASH[r.line] });
    if (r.ringKey) p.shape(c => { c.moveTo(x + 15, y); c.arc(x + 10, y, 5, 0, 7); }, { stroke: colour("--soft"), width: 2 });
    if (r.kind !== undefined) p.shape(c => symbol(c, r.kind, x + 10, y, 5), { fill: kindColour(r.kind) });
    if (r.note) { for (const line of wrap(capital(r.note) + ".", width, 12)) { p.text(line, x, y, ink); y += 16; } continue; }
    if (r.might !== undefined) p.shape(c => { c.moveTo(x, y); c.lineTo(x + 26, y); }, { stroke: colour("--accent"), width: 2.4, dash: MIGHT[r.might].dash, cap: r.might ? "butt" : "round" });
    if (r.broker) { p.shape(c => { c.moveTo(x + 18, y); c.arc(x + 10, y, 8, 0, 7); }, { stroke: colour("--mark"), width: 1.6 }); p.shape(c => { c.moveTo(x + 14, y); c.arc(x + 10, y, 4, 0, 7); }, { fill: colour("--mark") }); }
    for (const line of wrap(r.text + (r.n === undefined ? "" : ` (${number(r.n)})`), width - 34, 12)) { p.text(line, x + 34, y, ink); y += 16; }
  }
  return y;
}
const WHOLE = [600, 520];
function pictured(draw_) {
  if (state.view) return draw_();
  const held = { ...view }, kept = { ...home };
  fit(WHOLE);
  Object.assign(view, home);
  try { return draw_(); } finally { Object.assign(view, held); Object.assign(home, kept); }
}
function layout() {
  const [w, h] = state.view ? [canvas.clientWidth, canvas.clientHeight] : WHOLE, side = 250, full = w + side, title = wrap(caption(), full - 24, 16), foot = wrap(credits() + " " + (page.frames.some(f => f.rectangle) ? t("scaleInsets") + " " : "") + (head().approximate ? t("approximate") : ""), full - 24, 11);
  const top = 14 + title.length * 21, H = top + h + 12 + foot.length * 14 + 6;
  const words = p => {
    title.forEach((line, i) => p.text(line, 12, 20 + i * 21, { size: 16, weight: 650, fill: colour("--ink") }));
    sidePicture(p, w + 12, top + 14, side - 24);
    foot.forEach((line, i) => p.text(line, 12, top + h + 16 + i * 14, { size: 11, fill: colour("--soft") }));
  };
  return { w, h, full, top, H, words };
}
const svgText = () => pictured(svgNow);
function svgNow() {
  const { w, h, full, top, H, words } = layout(), map = svgPainter(w, h), around = svgPainter(full, H);
  paint(map, w, h, false);
  words(around);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${full}" height="${H}" viewBox="0 0 ${full} ${H}" font-family="system-ui, 'Segoe UI', Roboto, Arial, sans-serif" role="img"><title>${escape(caption())}</title><desc>${escape(reading().map(e => e.textContent).join(" ") + " " + credits())}</desc><defs><pattern id="few" width="6" height="6" patternUnits="userSpaceOnUse"><path d="M0 6L6 0" stroke="${colour("--ink")}" stroke-opacity=".55"/></pattern><pattern id="none" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" fill="${colour("--none")}"/><rect x="2.3" y="2.3" width="1.4" height="1.4" fill="${colour("--soft")}" fill-opacity=".6"/></pattern><clipPath id="frame"><rect width="${w}" height="${h}"/></clipPath></defs><rect width="${full}" height="${H}" fill="${colour("--card")}"/><g transform="translate(0 ${top})" clip-path="url(#frame)">${map.body}</g>${around.body}</svg>`;
}
const savePng = () => pictured(pngNow);
function pngNow() {
  const { w, h, full, top, H, words } = layout(), ratio = 2, big = element("canvas", { width: full * ratio, height: H * ratio }), ctx = big.getContext("2d");
  const map = element("canvas", { width: w * ratio, height: h * ratio });
  paint(canvasPainter(map.getContext("2d"), ratio), w, h, false);
  const p = canvasPainter(ctx, ratio);
  p.shape(c => c.rect(0, 0, full, H), { fill: colour("--card") });
  words(p);
  ctx.setTransform(1, 0, 0, 1, 0, 0); ctx.globalAlpha = 1;
  ctx.drawImage(map, 0, top * ratio);
  big.toBlob(blob => save(blob, head().key + ".png"), "image/png");
}
addEventListener("beforeprint", () => {
  if (!ready) return;
  const theme = state.theme;
  if (theme === "dark") paintTheme("light");
  const parsed = new DOMParser().parseFromString(svgText(), "image/svg+xml").documentElement;
  $("print-map").replaceChildren(document.importNode(parsed, true));
  if (theme === "dark") paintTheme("dark");
});

// Search over all levels and the actors.
let index = null, hits = [], mark = -1;
async function buildIndex() {
  if (index) return;
  await Promise.all(page.layers.map((_, l) => table(l)));
  index = [];
  page.layers.forEach((h, l) => layers[l].names.forEach((name, i) => index.push({ key: fold(name), code: fold(layers[l].codes[i]), l, i })));
  page.actors.name.forEach((name, i) => index.push({ key: fold(name), code: "", l: -1, i }));
}
async function search() {
  await buildIndex();
  const q = fold($("query").value).trim(), best = [[], [], [], []];
  if (q) for (const e of index) { const r = e.key === q || e.code === q ? 0 : e.key.startsWith(q) ? 1 : e.key.includes(" " + q) ? 2 : e.key.includes(q) ? 3 : -1; if (r >= 0 && best[r].length < 12) best[r].push(e); }
  hits = best.flat().slice(0, 12);
  mark = hits.length ? 0 : -1;
  showHits(q !== "");
}
function hitText(e) {
  if (e.l < 0) { const where = say(page.actors.details[page.actors.detail[e.i]]); return [page.actors.name[e.i], [say(page.actors.kinds[page.actors.kind[e.i]]), where].filter(Boolean).join(" · ")]; }
  return [layers[e.l].names[e.i], [say(page.layers[e.l].name), layers[e.l].codes[e.i], whereIs(e.l, e.i)].filter(Boolean).join(" · ")];
}
function showHits(open) {
  const box = $("hits");
  box.hidden = !open;
  $("query").setAttribute("aria-expanded", open);
  box.replaceChildren(...hits.map((e, i) => { const [name, hint] = hitText(e); return element("li", { id: "hit-" + i, role: "option", "aria-selected": i === mark, onclick: () => take(i) }, name.slice(0, 160) + " ", element("span", { className: "soft", textContent: hint.slice(0, 160) })); }));
  if (open && !hits.length) box.append(element("li", { role: "option", "aria-selected": "false", textContent: t("nothing") }));
  if (mark >= 0 && open) $("query").setAttribute("aria-activedescendant", "hit-" + mark); else $("query").removeAttribute("aria-activedescendant");
}
async function take(i) {
  const e = hits[i];
  if (!e) return;
  $("query").value = hitText(e)[0];
  showHits(false);
  if (e.l < 0) return chooseActor(e.i, true);
  if (e.l !== state.level) await setLevel(e.l);
  choose(e.i, true);
}
$("query").addEventListener("input", search);
$("query").addEventListener("focus", () => { if (ready) buildIndex(); });
$("query").addEventListener("keydown", e => {
  if (e.key === "ArrowDown" || e.key === "ArrowUp") { if (!hits.length) return; mark = (mark + (e.key === "ArrowDown" ? 1 : hits.length - 1)) % hits.length; showHits(true); e.preventDefault(); }
  else if (e.key === "Enter") take(mark); else if (e.key === "Escape") showHits(false);
});
document.addEventListener("click", e => { if (!$("search").contains(e.target)) showHits(false); if (!$("share").contains(e.target)) $("share").open = false; });

// Controls.
function options(select, groups, value) {
  select.replaceChildren(...groups.flatMap(([label, items]) => { const made = items.map(([v, text]) => element("option", { value: v, textContent: text })); return label ? [element("optgroup", { label }, ...made)] : made; }));
  select.value = value;
}
function grouped(test) {
  const groups = new Map();
  for (const m of head().measures) if (test(m)) { const g = say(m.group); if (!groups.has(g)) groups.set(g, []); groups.get(g).push([m.key, say(m.name)]); }
  return [...groups];
}
const isTotal = m => m.scale.kind === "total";
function fillMeasures() {
  if (measureAt(state.level, state.area) < 0) state.area = "";
  if (state.circle && state.circle[0] !== "@" && measureAt(state.level, state.circle) < 0) state.circle = "";
  options($("areas"), [["", [["", t("none")]]], ...grouped(m => !isTotal(m))], state.area);
  options($("circles"), [["", [["", t("noCircles")], ["@ties", t("filteredTies")], ["@cross", t("filteredCross")], ["@actors", t("filteredActors")]]], ...grouped(isTotal)], state.circle);
  options($("classing"), [["", [["natural", t("natural")], ["quantiles", t("quantiles")], ["manual", t("manual")]]]], state.classing);
  about();
}
function about() {
  for (const id of ["suggest-label", "partners-label"]) $(id).hidden = !head().suggested;
  const k = measureAt(state.level, state.area), m = head().measures[k];
  $("classing-field").hidden = !m || m.scale.kind === "classes";
  $("cuts-field").hidden = $("classing-field").hidden || state.classing !== "manual";
  $("cuts").value = state.cuts;
  $("on-circles").disabled = !m || !state.circle;
  $("about").textContent = m ? say(m.description) : "";
}
function check(label, on, change, ...extra) { const input = element("input", { type: "checkbox", checked: on, onchange: () => change(input.checked) }); return element("label", { className: "check" }, input, ...extra.slice(0, 1), element("span", { textContent: label }), ...extra.slice(1)); }
function fillFilters() {
  const now = flows(), p = page.ties, kinds = page.actors.kinds.map(() => [0, 0, 0]), shownKinds = page.actors.kinds.map(() => [0, 0, 0]), tieKinds = p.kinds.map(() => [0, 0]);
  page.actors.kind.forEach((k, i) => { kinds[k][page.actors.side[i]]++; if (pass.actor[i]) shownKinds[k][page.actors.side[i]]++; });
  p.kind.forEach((k, i) => { tieKinds[k][0]++; tieKinds[k][1] += pass.tie[i]; });
  const n = v => element("span", { className: "n", textContent: number(v) });
  const keep = box => { const l = box.querySelector("legend"); return l; };
  $("classes").replaceChildren(keep($("classes")), ...CLASS_NAMES.map((name, c) => check(name[state.lang], state.classes[c], on => { state.classes[c] = on; totals = null; refresh(); }, classKey(c), n(now.byClass[c]))));
  $("kinds").replaceChildren(keep($("kinds")), ...p.kinds.map((name, k) => [name, k]).filter(([, k]) => tieKinds[k][0]).map(([name, k]) => check(capital(say(name)), state.kinds[k], on => { state.kinds[k] = on; refilter(); }, "", n(tieKinds[k][1]))));
  const box = (k, s) => {
    if (!kinds[k][s]) return element("td");
    const input = element("input", { type: "checkbox", checked: state.sides[k][s], "aria-label": `${say(page.actors.kinds[k])}, ${[t("rural"), t("urban"), t("unknown")][s]}`, onchange: () => { state.sides[k][s] = input.checked; refilter(); } });
    return element("td", {}, input, n(shownKinds[k][s]));
  };
  $("actors").replaceChildren(keep($("actors")), element("table", { className: "grid" }, element("thead", {}, element("tr", {}, element("th", { scope: "col", textContent: t("kind") }), ...["rural", "urban", "unknown"].map(s => element("th", { scope: "col", textContent: t(s) })))), element("tbody", {}, ...page.actors.kinds.map((name, k) => [name, k]).filter(([, k]) => kinds[k].some(Boolean)).map(([name, k]) => element("tr", {}, element("th", { scope: "row" }, icon(k), " " + capital(say(name))), box(k, 0), box(k, 1), box(k, 2))))));
  const passed = pass.tie.reduce((a, b) => a + b, 0), actors = pass.actor.reduce((a, b) => a + b, 0), undated = p.from.filter(f => f === null).length;
  $("filtered").textContent = `${number(passed)} ${t("tiesOf")} ${number(p.a.length)}, ${number(actors)} ${t("actorsOf")} ${number(page.actors.kind.length)}` + (now.off ? ` (${ties(now.off)} ${t("offMap")})` : "");
  $("undated-text").textContent = `${t("undated")} (${ties(undated)})`;
  $("period").hidden = base.low === undefined;
  for (const [id, v] of [["from", state.from], ["to", state.to]]) { $(id).min = base.low; $(id).max = base.high; $(id).value = v; $(id + "-out").textContent = v; }
  $("undated").checked = state.undated; $("weight").value = state.weight;
}
function refilter() { passActors(); refresh(); }
function refresh() { fillFilters(); legend(); update(); }
async function load(l) {
  await Promise.all([table(l), shapes(l), ...page.background.map(shapes)]);
  const parents = layers[l].parents[0];
  if (parents) await table(parents.layer);
}
async function setLevel(l) {
  $("busy").textContent = t("drawing");
  await load(l);
  state.level = l; state.chosen = state.pinned = null;
  flowsNow = totals = null; sheet.from = 0; sheet.sort = null; sheet.marked.clear();
  $("level").value = l;
  fillMeasures();
  $("busy").textContent = "";
  refresh();
}
function openTab(name) { document.body.dataset.tab = name; for (const b of $("tabs").children) b.setAttribute("aria-pressed", b.dataset.tab === name); }
function paintTheme(theme) { root.dataset.theme = theme; colours = {}; }
function setTheme(theme) { state.theme = theme; paintTheme(theme); $("theme").textContent = t(theme === "dark" ? "light" : "dark"); if (ready) refresh(); }
function setLanguage(lang) {
  state.lang = lang;
  root.lang = lang ? "en" : "fr";
  document.title = say(page.title) || document.title;
  $("title").textContent = say(page.title); $("subtitle").textContent = say(page.subtitle);
  for (const e of document.querySelectorAll("[data-t]")) e.textContent = t(e.dataset.t);
  for (const e of document.querySelectorAll("[data-label]")) e.setAttribute("aria-label", t(e.dataset.label));
  $("language").textContent = lang ? "Français" : "English"; $("language").lang = lang ? "fr" : "en";
  $("theme").textContent = t(state.theme === "dark" ? "light" : "dark");
  $("busy").textContent = "";
  canvas.setAttribute("aria-label", `${t("map")}${colon()}${say(page.title)}`);
  options($("level"), [["", page.layers.map((l, i) => [i, `${capital(say(l.plural))} (${number(l.count)})`])]], state.level);
  options($("rows"), [["", [["territories", t("territories")], ["flows", t("flowsRows")], ["actors", t("actorsRows")], ...(page.layers.some(l => l.suggested) ? [["suggestions", t("suggestionRows")]] : []), ...(page.brokers.length ? [["brokers", t("brokersWord")]] : [])]]], state.rows);
  $("credits").textContent = credits();
  $("credits").title = credits();
  const block = (title, items) => items.length ? [element("h3", { textContent: title }), element("ul", {}, ...items.map(text => element("li", { textContent: say(text) })))] : [];
  $("notes-text").replaceChildren(...block(t("method"), page.notes), ...block(t("sources"), page.sources), element("p", { textContent: say(page.edition) }));
  if (page.layers.length) fillMeasures();
  if (ready) refresh();
}

// The address holds what is shown.
const bits = list => list.map(b => b ? 1 : 0).join("");
let writing;
function writeSoon() { clearTimeout(writing); writing = setTimeout(write, 250); }
function write() {
  if (!ready) return;
  const p = new URLSearchParams();
  p.set("l", head().key);
  p.set("a", state.area);
  if (state.classing !== "natural") p.set("q", state.classing);
  if (state.classing === "manual") p.set("cuts", state.cuts);
  if (state.circle) p.set("c", state.circle);
  if (state.onCircles) p.set("oc", 1);
  if (bits(state.classes) !== base.classes) p.set("f", bits(state.classes));
  if (!state.kinds.every(Boolean)) p.set("k", bits(state.kinds));
  if (state.from !== base.low || state.to !== base.high) p.set("p", `${state.from}-${state.to}`);
  if (!state.undated) p.set("u", 0);
  if (state.weight) p.set("w", state.weight);
  if (!state.sides.flat().every(Boolean)) p.set("x", bits(state.sides.flat()));
  if (state.showActors !== base.showActors) p.set("pts", state.showActors ? 1 : 0);
  if (state.showSuggestions) p.set("sug", 1);
  if (state.showPartners) p.set("par", 1);
  if (state.showBrokers) p.set("brk", 1);
  if (!state.showNames) p.set("names", 0);
  if (state.chosen !== null) p.set("s", layer().codes[state.chosen]);
  if (state.pinned !== null) p.set("pin", layer().codes[state.pinned]);
  if (state.actor !== null) p.set("act", state.actor);
  if (state.rows !== "territories") p.set("t", state.rows);
  if (state.view) p.set("v", state.view.join("_"));
  if (state.lang !== base.lang) p.set("lang", state.lang ? "en" : "fr");
  if (state.theme !== base.theme) p.set("theme", state.theme);
  const hash = "#" + p;
  if (hash !== location.hash) history.replaceState(null, "", hash);
}
function read() {
  const p = new URLSearchParams(location.hash.slice(1)), flag = (list, text) => list.forEach((_, i) => { if (text && text[i] !== undefined) list[i] = text[i] === "1"; });
  const l = page.layers.findIndex(x => x.key === p.get("l"));
  state.level = l >= 0 ? l : page.first;
  const first = (page.layers[state.level]?.measures || []).find(m => !isTotal(m));
  state.area = p.has("a") ? p.get("a") : first ? first.key : "";
  state.classing = ["natural", "quantiles", "manual"].includes(p.get("q")) ? p.get("q") : "natural";
  state.cuts = p.get("cuts") || ""; state.circle = p.get("c") || ""; state.onCircles = p.get("oc") === "1";
  state.classes = [...base.classes].map(c => c === "1"); flag(state.classes, p.get("f"));
  state.kinds = page.ties.kinds.map(() => true); flag(state.kinds, p.get("k"));
  const all = Array(page.actors.kinds.length * SIDES).fill(true); flag(all, p.get("x"));
  state.sides = page.actors.kinds.map((_, k) => all.slice(k * SIDES, k * SIDES + SIDES));
  const [from, to] = (p.get("p") || "").split("-").map(Number), year = (v, other) => Number.isInteger(v) && v >= base.low && v <= base.high ? v : other;
  state.from = year(from, base.low); state.to = year(to, base.high);
  state.undated = p.get("u") !== "0"; state.weight = Math.max(0, Number(p.get("w")) || 0);
  state.showActors = p.has("pts") ? p.get("pts") === "1" : base.showActors; state.showSuggestions = p.get("sug") === "1"; state.showPartners = p.get("par") === "1"; state.showBrokers = p.get("brk") === "1"; state.showNames = p.get("names") !== "0";
  state.rows = ["territories", "flows", "actors", "suggestions", "brokers"].includes(p.get("t")) ? p.get("t") : "territories";
  const v = (p.get("v") || "").split("_").map(Number);
  state.view = v.length === 3 && v.every(Number.isFinite) && v[2] > 0 ? v : null;
  if (p.get("lang") === "en" || p.get("lang") === "fr") state.lang = p.get("lang") === "en" ? 1 : 0;
  if (p.get("theme") === "dark" || p.get("theme") === "light") state.theme = p.get("theme");
  return { s: p.get("s"), pin: p.get("pin"), act: p.get("act") };
}
function choices(wanted) {
  const at = code => { const i = code === null ? -1 : layer().codes.indexOf(code); return i < 0 ? null : i; };
  state.chosen = at(wanted.s); state.pinned = at(wanted.pin);
  state.actor = wanted.act !== null && page.actors.name[+wanted.act] !== undefined ? +wanted.act : null;
}

async function start() {
  page = await json("page");
  page.layers.forEach(() => layers.push({}));
  const dated = page.ties.from.filter(v => v !== null);
  if (dated.length) { base.low = Math.min(...dated); base.high = Math.max(...page.ties.to.filter(v => v !== null)); }
  base.lang = state.lang; base.theme = state.theme;
  // A list of somebody's own: few enough to be seen one by one, and all of them are the subject.
  const placed = page.actors.at.filter(Boolean);
  base.few = placed.length > 0 && placed.length <= FEW_ACTORS;
  if (base.few) {
    state.showActors = true; state.classes = [true, true, true, true];
    const x = placed.map(p => p[0]), y = placed.map(p => p[1]), out = page.sheet[0] * .02;
    base.around = [Math.min(...x) - out, Math.min(...y) - out, Math.max(...x) + out, Math.max(...y) + out];
  }
  base.showActors = state.showActors; base.classes = bits(state.classes);
  const wanted = read();
  paintTheme(state.theme);
  setLanguage(state.lang);
  if (!page.layers.length) { $("controls").hidden = $("table-section").hidden = true; $("busy").textContent = ""; root.dataset.ready = Math.round(performance.now()); return; }
  $("brokers-label").hidden = !page.brokers.length;
  await Promise.all([load(state.level), shapes(page.first)]);
  passActors();
  choices(wanted);
  ready = true;
  legend();
  open_();
  if (state.view) [view.x, view.y, view.k] = state.view;
  $("level").value = state.level;
  fillMeasures();
  openTab(state.chosen === null && state.actor === null ? "controls" : "panel");
  drawNow();
  root.dataset.ready = Math.round(performance.now());
  fillFilters(); legend(); panel(); rows(); toggles();
  write();
  // What is likely to be looked at next is unpacked while nothing else happens; a very large level is not.
  const later = window.requestIdleCallback || (f => setTimeout(f, 200)), next = l => { if (l < page.layers.length) later(() => (page.layers[l].count > 5000 ? Promise.resolve() : load(l)).then(() => next(l + 1))); };
  next(0);
}
function toggles() {
  for (const [id, key] of [["show-actors", "showActors"], ["show-suggestions", "showSuggestions"], ["show-partners", "showPartners"], ["show-brokers", "showBrokers"], ["show-names", "showNames"], ["on-circles", "onCircles"]]) { $(id).checked = state[key]; $(id).onchange = () => { state[key] = $(id).checked; legend(); update(); }; }
}
$("level").onchange = e => setLevel(+e.target.value);
$("areas").onchange = e => { state.area = e.target.value; sheet.sort = null; sheet.down = true; about(); legend(); update(); };
$("classing").onchange = e => { state.classing = e.target.value; about(); legend(); update(); };
$("cuts").onchange = e => { state.cuts = e.target.value; legend(); update(); };
$("on-circles").onchange = e => { state.onCircles = e.target.checked; legend(); update(); };
$("circles").onchange = e => { state.circle = e.target.value; about(); legend(); update(); };
for (const id of ["from", "to"]) $(id).oninput = e => { const v = +e.target.value; state[id] = v; if (state.from > state.to) state[id === "from" ? "to" : "from"] = v; refilter(); };
$("undated").onchange = e => { state.undated = e.target.checked; refilter(); };
$("weight").onchange = e => { state.weight = Math.max(0, +e.target.value || 0); refilter(); };
$("reset").onclick = () => { state.kinds.fill(true); state.sides.forEach(s => s.fill(true)); state.from = base.low; state.to = base.high; state.undated = true; state.weight = 0; refilter(); };
$("zoom-in").onclick = () => zoomAt(1.6); $("zoom-out").onclick = () => zoomAt(1 / 1.6); $("home").onclick = goHome;
$("theme").onclick = () => setTheme(state.theme === "dark" ? "light" : "dark");
$("language").onclick = () => setLanguage(1 - state.lang);
$("rows").onchange = e => { state.rows = e.target.value; sheet.sort = null; sheet.down = true; sheet.from = 0; rows(); write(); };
$("sift").oninput = () => { sheet.from = 0; rows(); };
$("only-marked").onchange = () => { sheet.from = 0; rows(); };
$("prev").onclick = () => { sheet.from = Math.max(0, sheet.from - sheet.size); rows(); };
$("next").onclick = () => { sheet.from += sheet.size; rows(); };
$("fold").onclick = () => { const open = document.body.classList.toggle("folded"); $("fold").setAttribute("aria-expanded", !open); };
$("table-csv").onclick = $("save-csv").onclick = csv;
$("save-svg").onclick = () => save(new Blob([svgText()], { type: "image/svg+xml" }), head().key + ".svg");
$("save-png").onclick = savePng;
$("print").onclick = () => { $("share").open = false; window.print(); };
$("copy").onclick = async () => { write(); try { await navigator.clipboard.writeText(location.href); } catch { const box = element("input", { value: location.href }); document.body.append(box); box.select(); document.execCommand("copy"); box.remove(); } $("copy").textContent = t("copied"); setTimeout(() => { $("copy").textContent = t("copyLink"); }, 1500); };
for (const b of $("tabs").children) b.onclick = () => { openTab(b.dataset.tab); if (b.dataset.tab === "table-section") rows(); };
addEventListener("hashchange", async () => {
  if (!ready) return;
  ready = false;
  const wanted = read();
  paintTheme(state.theme); setLanguage(state.lang);
  await load(state.level);
  ready = true;
  flowsNow = totals = null; sheet.from = 0; sheet.sort = null; sheet.marked.clear();
  $("level").value = state.level;
  fillMeasures();
  choices(wanted);
  passActors();
  if (state.view) [view.x, view.y, view.k] = state.view; else open_();
  toggles(); refresh();
});
new ResizeObserver(() => { if (!ready) return; if (state.view) fit(); else open_(); draw(); }).observe(canvas);
// Where a territory is on the screen, for programs that drive the page.
canvas.atlas = { codes: () => layer().codes, rings: u => layer().rings.slice(layer().ringStart[u], layer().ringStart[u + 1]).map(r => Array.from(r, (v, k) => k % 2 ? sy(v) : sx(v))), get marks() { return marks; }, get chosen() { return state.chosen === null ? null : layer().codes[state.chosen]; } };
start().catch(error => { $("busy").textContent = `${t("failed")}${colon()}${error && error.message || error}`; root.dataset.failed = "page"; console.error(error); });
})();
