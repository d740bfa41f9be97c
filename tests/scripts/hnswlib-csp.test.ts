import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hnswlibWithoutEval, removeCodeGeneration } from "../../scripts/vite/hnswlib-csp.ts";

const PACKAGE = "node_modules/hnswlib-wasm/dist";

/** Builds an index, searches it with and without a filter, and lets embind refuse a call: the same program for both modules. */
const PROGRAM = `
globalThis.window = globalThis;
const { default: factory } = await import(process.argv[1]);
const library = await factory();
const index = new library.HierarchicalNSW("ip", 8, "");
index.initIndex(200, 16, 200, 100);
let state = 1;
const draw = () => ((state = (state * 48271) % 2147483647) / 2147483647) - 0.5;
for (let label = 0; label < 200; label++) index.addPoint(Float32Array.from({ length: 8 }, draw), label, false);
const query = Float32Array.from({ length: 8 }, draw);
const plain = index.searchKnn(query, 10, undefined);
const even = index.searchKnn(query, 10, (label) => label % 2 === 0);
let refusal = "";
try { index.getPoint(); } catch (error) { refusal = error.message; }
console.log(JSON.stringify({ plain, even, refusal, count: index.getCurrentCount() }));
`;

/** Runs the program on a module in a Node that refuses to make code from strings, as a browser does under the policy. */
function runOn(module: string, flags: readonly string[]): unknown {
  const output = execFileSync(
    process.execPath,
    [...flags, "--input-type=module", "--eval", PROGRAM, module],
    { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
  );
  return JSON.parse(output.trim().split("\n").at(-1) ?? "");
}

let folder: string;
let original: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hnswlib-"));
  const names = await readdir(PACKAGE);
  file = names.find((name) => /^hnswlib-[0-9a-f]+\.js$/.test(name)) ?? "";
  original = await readFile(join(PACKAGE, file), "utf8");
  await writeFile(join(folder, "original.mjs"), original);
  await writeFile(join(folder, "patched.mjs"), removeCodeGeneration(original));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("removeCodeGeneration", () => {
  const strict = ["--disallow-code-generation-from-strings"];

  it("makes the library run where code from strings is refused, with the same answers", () => {
    expect(() => runOn(join(folder, "original.mjs"), strict)).toThrow();
    const before = runOn(join(folder, "original.mjs"), []);
    const after = runOn(join(folder, "patched.mjs"), strict);
    expect(after).toEqual(before);
    expect(after).toMatchObject({
      count: 200,
      refusal: expect.stringContaining("expected 1 args"),
    });
  });

  it("leaves no use of Function as a constructor and no eval", () => {
    const patched = removeCodeGeneration(original);
    expect(patched).not.toMatch(/newFunc\(Function|new Function\(|\beval\(/);
  });

  it("does not fetch the WebAssembly that is embedded", () => {
    expect(removeCodeGeneration(original)).toContain("!isDataURI(binaryFile)) {");
  });

  it("is quiet", () => {
    expect(removeCodeGeneration(original)).not.toContain("console.log");
  });

  it("throws where a pattern is not found, so that another version of the package fails the build", () => {
    expect(() => removeCodeGeneration("export default 1;")).toThrow(/was not found/);
    expect(() => removeCodeGeneration(removeCodeGeneration(original))).toThrow(/was not found/);
    expect(() => removeCodeGeneration(`${original}\nnew Function("a");`)).toThrow(/is left/);
  });
});

describe("hnswlibWithoutEval", () => {
  it("rewrites this module of the package and no other", () => {
    const { transform } = hnswlibWithoutEval();
    if (typeof transform !== "function") throw new Error("transform is not a function");
    const run = (id: string): unknown => Reflect.apply(transform, {}, [original, id]);
    const path = `/project/${PACKAGE}/${file}`;
    expect(run(path)).toMatchObject({ code: removeCodeGeneration(original) });
    expect(run(`${path}?v=123`)).toMatchObject({ map: null });
    expect(run("/project/src/main.tsx")).toBeNull();
    expect(run(`/project/${PACKAGE}/hnswlib.js`)).toBeNull();
  });
});
