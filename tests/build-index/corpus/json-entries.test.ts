import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BuildError } from "../../../scripts/build-index/build-error.ts";
import {
  readJsonEntries,
  readJsonItems,
} from "../../../scripts/build-index/corpus/json-entries.ts";
import { neverAborted } from "../../helpers/counting-source.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "json-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function entriesOf(json: string | Uint8Array): Promise<(readonly [string, unknown])[]> {
  const path = join(folder, "file.json");
  await writeFile(path, json);
  const found: (readonly [string, unknown])[] = [];
  for await (const entries of readJsonEntries(path, neverAborted())) {
    for (const { key, value } of entries) found.push([key, value]);
  }
  return found;
}

describe("readJsonEntries", () => {
  it("gives every entry in order, whatever its value is and however it is set", async () => {
    const json = `\u{feff} {"a" : {"x": [1, {"y": "}]\\"{"}]} ,\n"b\\n\\u00fc":"{\\\\\\"",\t"c":-1.5e3,"d":null,"e":[],"f":true }\r\n`;
    expect(await entriesOf(json)).toEqual(Object.entries(JSON.parse(json.trim()) as object));
  });

  it("gives a key that is there twice twice", async () => {
    expect(await entriesOf('{"a":1,"a":2}')).toEqual([
      ["a", 1],
      ["a", 2],
    ]);
  });

  it("reads over the ends of its chunks, in the middle of a letter, an escape and a number too", async () => {
    const values = Array.from({ length: 9000 }, (_, i) => [
      `kéy ${i}`,
      { text: `"${"ü\\🌅".repeat(i % 90)}"`, number: i * 1.5 },
    ]);
    const json = JSON.stringify(Object.fromEntries(values));
    expect(Buffer.byteLength(json)).toBeGreaterThan(3 << 20);
    expect(await entriesOf(json)).toEqual(values);
  });

  it.each([
    "{",
    "",
    '{"a":}',
    '{"a"}',
    '{"a" 1}',
    '{"a":1,}',
    '{,"a":1}',
    '{"a":1 "b":2}',
    '{"a":1}}',
    '{"a":[1}}',
    "{a:1}",
    '{"a":1',
    '{"a":"x}',
    '{"a":01}',
    '{"a":"\n"}',
  ])("refuses %j as JSON.parse does", async (json) => {
    expect(() => JSON.parse(json)).toThrow(SyntaxError);
    await expect(entriesOf(json)).rejects.toThrow(/file.json is not JSON/);
    await expect(entriesOf(json)).rejects.toBeInstanceOf(BuildError);
  });

  it("says near which byte a long file breaks", async () => {
    const good = Array.from({ length: 200_000 }, (_, i) => `"k${i}": ${i}`).join(",");
    await expect(entriesOf(`{${good}, oops}`)).rejects.toThrow(
      new RegExp(`is not JSON near byte ${good.length + 3}$`),
    );
  });

  it("refuses a list, another encoding and a file that is not there", async () => {
    await expect(entriesOf("[]")).rejects.toThrow(/is not an object/);
    await expect(entriesOf(Buffer.from('{"a":"\xfc"}', "latin1"))).rejects.toThrow(/is not JSON/);
    const missing = readJsonEntries(join(folder, "none.json"), neverAborted());
    await expect(missing.next()).rejects.toThrow(/none.json cannot be read/);
  });

  it("stops when it is cancelled", async () => {
    await writeFile(join(folder, "file.json"), "{}");
    const entries = readJsonEntries(join(folder, "file.json"), AbortSignal.abort());
    await expect(entries.next()).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("readJsonItems", () => {
  it("streams a list and refuses an object", async () => {
    const path = join(folder, "ids.json");
    await writeFile(path, '["W1_s0001", "W1_s0002"]');
    const found: unknown[] = [];
    for await (const items of readJsonItems(path, neverAborted())) found.push(...items);
    expect(found).toEqual(["W1_s0001", "W1_s0002"]);
    await writeFile(path, "{}");
    await expect(readJsonItems(path, neverAborted()).next()).rejects.toThrow(/is not a list/);
  });
});
