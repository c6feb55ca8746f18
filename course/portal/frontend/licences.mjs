// The licence texts of every package that the bundles contain, from the packages themselves.
import { build } from "esbuild";
import { existsSync, readdirSync, readFileSync } from "node:fs";

const { metafile } = await build({ entryPoints: ["src/host.js", "src/vega.js"], bundle: true, format: "esm", write: false, outdir: "unused", metafile: true });
const names = new Set(Object.values(metafile.outputs).flatMap((o) => Object.keys(o.inputs)).map((path) => path.match(/.*node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1]).filter(Boolean));

console.log("The file vega.js contains the packages below, each under the licence that follows it.");
console.log("The file host.js and the stylesheet are the academy's own, under the MIT licence.");
for (const name of [...names].sort()) {
  const folder = `node_modules/${name}`;
  const { version, license } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  const file = readdirSync(folder).find((f) => /^licen[cs]e/i.test(f));
  console.log(`\n${"=".repeat(80)}\n${name} ${version} (${license})\n${"=".repeat(80)}\n`);
  if (file && existsSync(`${folder}/${file}`)) console.log(readFileSync(`${folder}/${file}`, "utf8").trim());
  else console.log(`Licence: ${license}`);
}
