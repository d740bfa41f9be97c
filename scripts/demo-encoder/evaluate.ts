/**
 * Measures the demo encoder as it ships: builds its pack as the page uses it, runs the product's graphs in Node on the
 * held-out pictures, prints every figure beside chance, and fails where a gate is missed.
 *
 *   npm run demo:evaluate -- [--storage q8|f16|f32] [--write]
 *
 * --write puts the table into docs/demo-encoder.md.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { WeightStorage } from "../../src/core/model/pack-manifest.ts";
import type { Figure } from "./embedded.ts";
import { measureEncoder } from "./measure.ts";
import { openDemoEncoder } from "./open-demo-encoder.ts";

const CARD = fileURLToPath(new URL("../../docs/demo-encoder.md", import.meta.url));
const TABLE_START = "<!-- figures: written by npm run demo:evaluate -- --write -->";
const TABLE_END = "<!-- end of figures -->";

function toRow({ name, value, chance, n, gate }: Figure): string {
  const verdict = gate === null ? "–" : `≥ ${gate.toFixed(2)}`;
  return `| ${name} | ${value.toFixed(3)} | ${chance.toFixed(3)} | ${n} | ${verdict} |`;
}

function toTable(figures: readonly Figure[]): string {
  return [
    "| Figure | Value | Chance | n | Gate |",
    "| --- | --- | --- | --- | --- |",
    ...figures.map(toRow),
  ].join("\n");
}

function writeTable(table: string): void {
  const card = readFileSync(CARD, "utf8");
  const start = card.indexOf(TABLE_START);
  const end = card.indexOf(TABLE_END);
  if (start < 0 || end < start) throw new Error(`${CARD} has no place for the figures`);
  const head = card.slice(0, start + TABLE_START.length);
  writeFileSync(CARD, `${head}\n${table}\n${card.slice(end)}`);
}

const { values } = parseArgs({
  options: {
    storage: { type: "string", default: "q8" },
    write: { type: "boolean", default: false },
  },
});
const folder = mkdtempSync(join(tmpdir(), "demo-encoder-"));
try {
  const signal = new AbortController().signal;
  const encoder = await openDemoEncoder(folder, values.storage as WeightStorage, signal);
  const figures = await measureEncoder(encoder, signal);
  const table = toTable(figures);
  console.log(table);
  if (values.write) writeTable(table);
  const missed = figures.filter(({ value, gate }) => gate !== null && value < gate);
  for (const { name } of missed) console.error(`missed: ${name}`);
  process.exitCode = missed.length > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
