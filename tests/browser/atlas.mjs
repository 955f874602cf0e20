// Drives the atlas page in headless Chromium: node atlas.mjs PAGE.html [--pictures FOLDER]
// Chromium is found in CHROMIUM, or under its usual names.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import puppeteer from "puppeteer-core";

const file = process.argv[2];
if (!file) { console.error("node atlas.mjs PAGE.html [--pictures FOLDER]"); process.exit(2); }
const pictures = process.argv[3] === "--pictures" ? process.argv[4] : null;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browserPath = [process.env.CHROMIUM, "chromium", "chromium-browser", "google-chrome"].filter(Boolean)
  .map(name => name.includes("/") ? name : spawnSync("which", [name], { encoding: "utf8" }).stdout.trim()).find(Boolean);
assert(browserPath, "chromium, chromium-browser or google-chrome on the path");

const folder = mkdtempSync(join(tmpdir(), "rurban-atlas-"));
const browser = await puppeteer.launch({ executablePath: browserPath, args: ["--no-sandbox", "--disable-gpu", "--enable-precise-memory-info"] });
const said = [], asked = [];
const address = path => pathToFileURL(resolve(path)).href;
const wait = ms => new Promise(done => setTimeout(done, ms));
let failures = 0;
const only = process.env.ONLY;
async function test(name, run) {
  if (only && !name.includes(only)) return;
  const from = Date.now();
  try { await run(); console.log(`ok   ${name} (${Date.now() - from} ms)`); }
  catch (error) { failures++; console.log(`FAIL ${name}\n     ${error.message.split("\n").slice(0, 12).join("\n     ")}`); }
}
async function open(url, { width = 1366, height = 768, phone = false, theme = "light", script } = {}) {
  const page = await browser.newPage();
  await page.setViewport({ width, height, isMobile: phone, hasTouch: phone, deviceScaleFactor: phone ? 2 : 1 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
  page.on("console", message => said.push(message.text()));
  page.on("pageerror", error => said.push(String(error)));
  page.on("request", request => { if (!/^(file|data|blob):/.test(request.url())) asked.push(request.url()); });
  page.on("dialog", dialog => { said.push("dialog " + dialog.message()); dialog.dismiss(); });
  if (script) await page.evaluateOnNewDocument(script);
  await page.goto(url);
  await page.waitForSelector("html[data-ready], html[data-failed]", { timeout: 60000 });
  await settled(page);
  return page;
}
const settled = page => page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 30)))));
const text = (page, selector) => page.$eval(selector, e => e.textContent);
const hash = page => page.evaluate(() => Object.fromEntries(new URLSearchParams(location.hash.slice(1))));
const levelOf = (page, key) => page.evaluate(key => [...document.querySelector("#level").options].findIndex(o => o.textContent.toLowerCase().startsWith(key)), key);
async function setLevel(page, name) {
  const at = await levelOf(page, name);
  assert(at >= 0, `there is a level ${name}`);
  await page.select("#level", String(at));
  await page.waitForFunction(at => document.querySelector("#level").value === at && document.querySelector("#busy").textContent === "", {}, String(at));
  await settled(page);
}

// Points on land, each with the territory whose outline holds it, as the outline says and not as a click does.
async function clicks(page, wanted) {
  const box = await (await page.$("#map")).boundingBox();
  let seed = 20, right = 0, tried = 0;
  const random = () => (seed = seed * 48271 % 2147483647) / 2147483647;
  while (tried < wanted) {
    const [x, y] = [random() * box.width, random() * box.height];
    const expected = await page.evaluate((x, y, left, top) => {
      const map = document.querySelector("#map");
      if (document.elementFromPoint(left + x, top + y) !== map) return null;
      for (let u = 0; u < map.atlas.codes().length; u++) {
        const shape = map.atlas.rings(u);
        let inside = false;
        for (const r of shape) for (let k = 0, j = r.length - 2; k < r.length; j = k, k += 2)
          if ((r[k + 1] > y) !== (r[j + 1] > y) && x < (r[j] - r[k]) * (y - r[k + 1]) / (r[j + 1] - r[k + 1]) + r[k]) inside = !inside;
        if (inside) return map.atlas.codes()[u];
      }
      return null;
    }, x, y, box.x, box.y);
    if (expected === null) continue;
    tried++;
    await page.mouse.click(box.x + x, box.y + y);
    if (await page.evaluate(() => document.querySelector("#map").atlas.chosen) === expected) right++;
    await page.keyboard.press("Escape");
  }
  return right;
}

const page = await open(address(file));
await test("opens, quickly and small", async () => {
  const found = await page.evaluate(() => ({ ready: +document.documentElement.dataset.ready, paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime, heap: performance.memory.usedJSHeapSize }));
  console.log(`     ${(statSync(file).size / 1e6).toFixed(2)} MB, first paint ${Math.round(found.paint)} ms, ready ${found.ready} ms, heap ${Math.round(found.heap / 1e6)} MB`);
  assert.equal(await text(page, "#busy"), "");
  assert(statSync(file).size < 4.5e6);
  // Machines differ: aims are 800 and 1,500 ms; three times that is a fault anywhere.
  assert(found.paint < 2400 && found.ready < 4500);
  assert(found.heap < 120e6);
});
await test("French first", async () => {
  assert.equal(await page.$eval("html", e => e.lang), "fr");
  assert.match(await text(page, "#legend"), /Population en communes rurales/);
  assert.match(await text(page, "#credits"), /Insee.*rurban/s);
});
await test("land selects its territory (45 clicks)", async () => {
  const right = await clicks(page, 45);
  console.log(`     ${right} of 45`);
  assert(right >= 40);
});
await test("every level draws; ties are added up", async () => {
  const count = await page.$$eval("#level option", o => o.length);
  for (let l = 0; l < count; l++) {
    // From the choice to the frame that shows it, as the page's own clock has it.
    const took = await page.evaluate(l => new Promise(done => {
      const s = document.querySelector("#level"), from = performance.now();
      s.value = l; s.dispatchEvent(new Event("change"));
      const look = () => requestAnimationFrame(() => document.querySelector("#busy").textContent ? look() : requestAnimationFrame(() => done(performance.now() - from)));
      look();
    }), String(l));
    await settled(page);
    const drawn = await page.$eval("html", e => +e.dataset.drawn);
    const title = await page.$eval("#level", e => e.selectedOptions[0].textContent);
    console.log(`     ${title}: switch ${Math.round(took)} ms, drawing ${drawn} ms, ${await page.evaluate(() => document.querySelector("#map").atlas.marks.flows.length)} arcs and rings, heap ${Math.round(await page.evaluate(() => performance.memory.usedJSHeapSize) / 1e6)} MB`);
    assert(await page.$$eval("#table tbody tr", r => r.length) > 0);
    // The aims are 150 ms and, for communes, 1,500 ms; machines differ.
    assert(took < (/Communes/.test(title) ? 4500 : 450), title);
  }
  assert(await page.evaluate(() => performance.memory.usedJSHeapSize) < 120e6);
  await setLevel(page, "départements");
});
await test("measures switch at once, areas and circles", async () => {
  const keys = await page.$$eval("#areas option", o => o.map(x => x.value));
  let slowest = 0;
  for (const key of keys) {
    const took = await page.evaluate(key => new Promise(done => { const s = document.querySelector("#areas"), from = performance.now(); s.value = key; s.dispatchEvent(new Event("change")); requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - from))); }), key);
    slowest = Math.max(slowest, took);
  }
  console.log(`     ${keys.length} measures, slowest ${Math.round(slowest)} ms`);
  assert(slowest < 450);
  await page.select("#areas", "cross_share");
  await page.select("#circles", "population");
  assert.match(await text(page, "#legend"), /Part des liens rural–urbain.*effectif faible.*Population/s);
  // The counts of the legend add up to the territories.
  const sum = await page.evaluate(() => { let area = true, sum = 0; for (const e of document.querySelector("#legend .body").children) { if (e.tagName === "H3" && sum) area = false; const n = e.querySelector(".n"); if (area && n && !/effectif/.test(e.textContent)) sum += +n.textContent.replace(/\s/g, ""); } return sum; });
  assert.equal(sum, +(await page.$eval("#level", e => e.selectedOptions[0].textContent)).match(/\((.*)\)/)[1].replace(/\s/g, ""));
  await page.select("#circles", "");
  await page.select("#areas", "rural_share");
});
await test("filters, and counts that follow", async () => {
  const before = await text(page, "#filtered");
  await page.click("#kinds input");
  const after = await text(page, "#filtered");
  assert.notEqual(before, after);
  const sum = await page.$$eval("#kinds .n", n => n.reduce((a, e) => a + +e.textContent.replace(/\s/g, ""), 0));
  assert.equal(sum, +after.match(/^[\d\s]+/)[0].replace(/\s/g, ""));
  await page.$eval("#from", e => { e.value = +e.max - 1; e.dispatchEvent(new Event("input")); });
  await page.click("#undated");
  assert.equal((await hash(page)).u, "0");
  await page.click("#reset");
  assert.equal(await text(page, "#filtered"), before);
});
await test("search without accents, namesakes told apart", async () => {
  await page.type("#query", "saint denis");
  await page.waitForSelector("#hits li");
  const hints = await page.$$eval("#hits li", l => l.map(e => e.textContent));
  assert(hints.some(h => /commune · \d{5} · /.test(h)), hints.join("\n"));
  await page.$eval("#query", e => { e.value = ""; });
  await page.type("#query", "ariege");
  await page.waitForFunction(() => /Ariège/.test(document.querySelector("#hits").textContent));
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => /Ariège/.test(document.querySelector("#panel h2").textContent));
});
await test("panel: partners, rank, two compared", async () => {
  await page.goto(address(file) + "#l=departement&a=exposure&s=09");
  await page.reload();
  await page.waitForSelector("html[data-ready]");
  await settled(page);
  const said = await text(page, "#panel");
  assert.match(said, /Haute-Garonne/);
  assert.match(said, /\d+er?|\d+e sur \d+/);
  assert.match(said, /Occitanie/);
  await page.$$eval("#panel .buttons button", b => b.find(x => /pingler/.test(x.textContent)).click());
  await page.$$eval("#table button.link", b => b[0].click());
  await settled(page);
  assert.match(await text(page, "#panel"), /comparé à Ariège/);
  assert.equal((await hash(page)).pin, "09");
});
await test("the table sorts, sifts and follows the map", async () => {
  const heads = await page.$$("#table thead button");
  await heads[0].click();
  const first = () => page.$eval("#table tbody tr", r => r.textContent);
  const one = await first();
  await (await page.$$("#table thead button"))[0].click();
  assert.notEqual(await first(), one);
  await page.type("#sift", "gers");
  assert.match(await first(), /Gers/);
  await page.$eval("#sift", e => { e.value = ""; e.dispatchEvent(new Event("input")); });
  for (const rows of ["flows", "actors", "territories"]) { await page.select("#rows", rows); assert(await page.$$eval("#table tbody tr", r => r.length) > 0); }
});
await test("evidence on the map: complements, partners, brokers, chance", async () => {
  const other = await open(address(file) + "#l=petr_pays&a=observed_distance&sug=1&par=1&brk=1&t=suggestions");
  const might = () => other.evaluate(() => document.querySelector("#map").atlas.marks.flows.filter(f => f.suggestion).map(f => f.suggestion[0]));
  const kinds = await might();
  assert(kinds.includes(0) && kinds.includes(1), "both kinds of arcs");
  assert.match(await text(other, "#legend"), /Observé \/ attendu.*Complémentarités à explorer.*Partenaires à explorer.*la flèche va vers.*Passeurs/is);
  assert.match(await text(other, "#table tbody"), /ce qui manque et s’y trouve/);
  await other.click("#show-partners");
  await settled(other);
  assert(!(await might()).includes(1));
  await other.select("#rows", "brokers");
  assert.match(await text(other, "#table tbody tr"), /1er passeur/);
  await other.$eval("#table tbody button", b => b.click());
  await settled(other);
  assert.match(await text(other, "#panel"), /1er passeur\s: entre [\d\s]+ paires/);
  await other.evaluate(() => { location.hash = "l=petr_pays&sug=1&par=1&s=" + document.querySelector("#map").atlas.codes()[0]; });
  await settled(other);
  await other.waitForFunction(() => /Partenaires à explorer/.test(document.querySelector("#panel").textContent));
  assert.match((await hash(other)).par, /1/);
  await other.close();
});
await test("the address brings the same map back", async () => {
  const wanted = "#l=epci&a=research_km&q=quantiles&c=%40actors&f=1010&u=0&pts=1&sug=1&par=1&brk=1&t=flows&lang=en&theme=dark";
  const other = await open(address(file) + wanted);
  const again = await other.evaluate(() => location.hash);
  const pairs = h => [...new URLSearchParams(h.slice(1))].map(String).sort().join("\n");
  assert.equal(pairs(again), pairs(wanted));
  assert.match(await text(other, "#legend"), /Distance to research/);
  assert.equal(await other.$eval("html", e => e.lang), "en");
  await other.evaluate(() => { location.hash = "l=region&a=side"; });
  await other.waitForFunction(() => document.querySelector("#level").selectedOptions[0].textContent.startsWith("R"));
  await other.close();
});
await test("keyboard alone", async () => {
  const other = await open(address(file));
  await other.focus("#map");
  const before = await hash(other);
  for (const key of ["ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight", "+", "+", "Enter"]) await other.keyboard.press(key);
  await wait(400);
  const after = await hash(other);
  assert.notEqual(before.v, after.v);
  assert(after.s, "Enter chooses the territory in the middle");
  await other.keyboard.press("Escape");
  await settled(other);
  assert.equal((await hash(other)).s, undefined);
  await other.close();
});
await test("exports with legend and source", async () => {
  const session = await page.createCDPSession();
  await session.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: folder });
  await page.$eval("#share", e => { e.open = true; });
  const ends = name => readdirSync(folder).find(f => f.endsWith(name));
  for (const [button, name] of [["#save-svg", ".svg"], ["#save-png", ".png"], ["#save-csv", ".csv"]]) {
    await page.$eval(button, b => b.click());
    for (let i = 0; i < 100 && !ends(name); i++) await wait(100);
    assert(ends(name), `${button} saves a file`);
    await wait(300);
  }
  const svg = readFileSync(join(folder, ends(".svg")), "utf8");
  console.log(`     SVG ${Math.round(svg.length / 1000)} kB`);
  assert.match(svg, /<title>.*<\/title><desc>.*Insee/s);
  assert(await page.evaluate(s => !new DOMParser().parseFromString(s, "image/svg+xml").querySelector("parsererror"), svg), "well-formed");
  assert(svg.length < 300_000);
  assert.equal(readFileSync(join(folder, ends(".png"))).subarray(1, 4).toString(), "PNG");
  const csv = readFileSync(join(folder, ends(".csv")), "utf8");
  assert.match(csv, /^\ufeffNom;Code;.*Sources/s);
  assert.match(csv, /communes rurales \(0–1\)/);
  assert(csv.split("\n").length > 109);
  await page.$eval("#share", e => { e.open = false; });
  // The fullest picture of a level of a thousand territories.
  for (const [level, state] of [["EPCI", "#l=epci&a=cross_share"], ["EPCI, English, actors", "#l=epci&a=research_km&c=@cross&pts=1&sug=1&brk=1&lang=en"]]) {
    const other = await open(address(file) + state);
    const name = ends(".svg");
    rmSync(join(folder, name));
    const session = await other.createCDPSession();
    await session.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: folder });
    await other.$eval("#save-svg", b => b.click());
    for (let i = 0; i < 100 && !ends(".svg"); i++) await wait(100);
    await wait(300);
    const picture = readFileSync(join(folder, ends(".svg")), "utf8");
    if (pictures) writeFileSync(join(pictures, `export-${state.length}.svg`), picture);
    console.log(`     SVG of ${level}: ${Math.round(picture.length / 1000)} kB`);
    assert(await other.evaluate(s => !new DOMParser().parseFromString(s, "image/svg+xml").querySelector("parsererror"), picture), "well-formed");
    // Twenty thousand actors are more than a map of territories.
    assert(picture.length < (state.includes("pts") ? 500_000 : 300_000));
    await other.close();
  }
});
await test("prints on A4 with map, legend and sources", async () => {
  for (const landscape of [false, true]) {
    const pdf = await page.pdf({ format: "A4", landscape });
    assert(pdf.length > 20_000);
  }
  assert(await page.$eval("#print-map svg", s => s.querySelectorAll("path").length) > 50);
});
for (const [name, options] of [["laptop, light", {}], ["laptop, dark", { theme: "dark" }], ["phone, light", { width: 390, height: 844, phone: true }], ["phone, dark", { width: 390, height: 844, phone: true, theme: "dark" }]]) {
  await test(`accessible: ${name}`, async () => {
    for (const state of ["#l=departement&a=cross_share&c=@cross", "#l=departement&s=09&pts=1&sug=1"]) {
      const other = await open(address(file) + state, options);
      await other.evaluate(axe);
      const { violations } = await other.evaluate(() => window.axe.run());
      if (pictures) await other.screenshot({ path: join(pictures, `${name.replace(", ", "-")}${state.includes("s=09") ? "-chosen" : ""}.png`) });
      await other.close();
      assert.deepEqual(violations.map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.target + " " + (n.any[0]?.message || "")).join(" | ")}`), []);
    }
  });
}
await test("the phone keeps the map in view", async () => {
  const other = await open(address(file) + "#l=departement&s=09", { width: 390, height: 844, phone: true });
  const box = await (await other.$("#map")).boundingBox();
  assert(box.height > 250 && box.width > 350);
  assert(await other.$eval("#panel", e => e.getBoundingClientRect().top > 300));
  assert(await other.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing overflows to the side");
  await other.close();
});

if (pictures) await test("pictures for people to look at", async () => {
  const other = await open(address(file) + "#l=epci&a=research_km&c=@cross");
  for (const kind of ["deuteranopia", "protanopia", "achromatopsia"]) {
    await other.emulateVisionDeficiency(kind);
    await other.screenshot({ path: join(pictures, `${kind}.png`) });
  }
  await other.emulateVisionDeficiency("none");
  for (const landscape of [false, true]) await other.pdf({ format: "A4", landscape, path: join(pictures, `print-${landscape ? "landscape" : "portrait"}.pdf`) });
  await other.close();
  for (const [name, state] of [["evidence", "#l=petr_pays&a=observed_distance&sug=1&par=1&brk=1&t=suggestions"], ["communes", "#l=commune&a=rural_share"]]) {
    const shown = await open(address(file) + state);
    await shown.screenshot({ path: join(pictures, `${name}.png`) });
    await shown.close();
  }
});

// The same page with hostile names in its data.
const hostile = ["</script><script>alert(1)</script>", "<img src=x onerror=alert(2)>", "&lt;b&gt;&amp;", "\u202e\u05d0\u05d1 abc", "👩‍🌾🏳️‍🌈", "=HYPERLINK(\"http://x\")", "x".repeat(10_000), "\"'`${alert(3)}"];
await test("hostile names are inert", async () => {
  const changed = readFileSync(file, "utf8").replace(/(<script type="application\/octet-stream" id="(page|table-\d+)">)([^<]*)/g, (_, start, id, data) => {
    const content = JSON.parse(inflateRawSync(Buffer.from(data, "base64")));
    const spoil = list => list.map((v, i) => i % 3 ? v : hostile[i / 3 % hostile.length]);
    if (id === "page") { content.actors.name = spoil(content.actors.name); content.title = { fr: hostile[0], en: hostile[1] }; content.labels.forEach((l, i) => { l[0] = hostile[i % hostile.length]; }); content.notes.push({ fr: hostile[1], en: hostile[1] }); content.brokers.forEach((b, i) => { b[1] = { fr: hostile[i % hostile.length], en: hostile[1] }; }); }
    else { content.names = spoil(content.names); content.suggestions.forEach((s, i) => { s[3] = { fr: hostile[i % hostile.length], en: hostile[0] }; }); }
    return start + deflateRawSync(JSON.stringify(content)).toString("base64");
  });
  const path = join(folder, "hostile.html");
  writeFileSync(path, changed);
  const count = said.length;
  const other = await open(address(path) + "#l=departement&a=cross_share&pts=1&sug=1&par=1&brk=1");
  await other.type("#query", "alert");
  await other.waitForSelector("#hits li");
  for (const rows of ["flows", "actors", "suggestions", "brokers", "territories"]) await other.select("#rows", rows);
  const codes = await other.evaluate(() => document.querySelector("#map").atlas.codes().slice(0, 24));
  for (const code of codes) { await other.evaluate(code => { location.hash = "l=departement&pts=1&s=" + code; }, code); await settled(other); }
  await other.click("#language");
  await other.$eval("#share", e => { e.open = true; });
  await other.click("#save-svg");
  await settled(other);
  assert.equal(await other.evaluate(() => document.querySelectorAll("img, script:not([type]), iframe").length), 1, "no element came of a name");
  assert(await other.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "a long name does not widen the page");
  assert.deepEqual(said.slice(count), []);
  await other.close();
});
// The page of somebody who has few actors: some that are near each other alone keep their place.
await test("few actors are seen where they are", async () => {
  let few = 0;
  const changed = readFileSync(file, "utf8").replace(/(<script type="application\/octet-stream" id="page">)([^<]*)/g, (_, start, data) => {
    const content = JSON.parse(inflateRawSync(Buffer.from(data, "base64"))), at = content.actors.at;
    const middle = at.filter(Boolean)[0], near = p => p && Math.hypot(p[0] - middle[0], p[1] - middle[1]) < content.sheet[0] * .02;
    content.actors.at = at.map(p => near(p) && few < 30 ? (few++, p) : null);
    return start + deflateRawSync(JSON.stringify(content)).toString("base64");
  });
  const path = join(folder, "few.html");
  writeFileSync(path, changed);
  const other = await open(address(path));
  const seen = () => other.evaluate(() => { const { width, height } = document.querySelector("#map").getBoundingClientRect(); return document.querySelector("#map").atlas.marks.actors.filter(a => a.x >= 0 && a.y >= 0 && a.x <= width && a.y <= height).length; });
  assert(few > 0 && await seen() > 0, "they are drawn");
  assert.equal((await hash(other)).pts, undefined);
  const zoom = () => other.evaluate(() => { const box = r => Math.max(...r.filter((_, k) => k % 2 === 0)) - Math.min(...r.filter((_, k) => k % 2 === 0)); return box(document.querySelector("#map").atlas.rings(0)[0]); });
  const close = await zoom();
  await other.click("#home");
  await settled(other);
  assert(close > 1.5 * await zoom(), "the map opens nearer than the whole of it");
  await other.close();
});
await test("opens without DecompressionStream", async () => {
  const other = await open(address(file), { script: "delete window.DecompressionStream; delete Uint8Array.fromBase64;" });
  assert.match(await text(other, "#legend"), /Population en communes rurales/);
  await other.close();
});
await test("no message, no request", async () => { assert.deepEqual(said, []); assert.deepEqual(asked, []); });
await browser.close();
rmSync(folder, { recursive: true, force: true });
if (failures) { console.log(`${failures} failed`); process.exit(1); }
