// Says what geojsonhint finds wrong with GeoJSON files.
import { readFileSync } from "node:fs";
import geojsonhint from "@mapbox/geojsonhint";

let wrong = 0;
for (const file of process.argv.slice(2)) {
    const hints = geojsonhint.hint(readFileSync(file, "utf8"));
    for (const { line, message, level } of hints.slice(0, 20)) {
        console.error(`${file}:${line}: ${level ?? "error"}: ${message}`);
    }
    console.log(`geojsonhint  ${file}: ${hints.length} hints`);
    wrong += hints.length;
}
process.exit(wrong > 0 ? 1 : 0);
