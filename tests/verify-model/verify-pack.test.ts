import { createHash } from "node:crypto";
import { setMaxListeners } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readPackSources } from "../../scripts/build-model/read-sources.ts";
import { writePack } from "../../scripts/build-model/write-pack.ts";
import { type Check, verdictOf } from "../../scripts/verify-model/check.ts";
import { readSamples, type Sample } from "../../scripts/verify-model/samples.ts";
import { verifyPack } from "../../scripts/verify-model/verify-pack.ts";
import { towerOf } from "../../src/core/model/canonical.ts";
import { MANIFEST_FILE } from "../../src/core/model/pack-manifest.ts";
import {
  formatSafetensors,
  parseSafetensors,
  readTensor,
} from "../../src/core/model/safetensors.ts";

const atRoot = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const WEIGHTS = atRoot("data/demo-encoder");
const EDITION = atRoot("public/edition/sample");
const { signal } = new AbortController();
// Every search adds some listeners to the one signal of this file.
setMaxListeners(0, signal);
const temporary = mkdtempSync(join(tmpdir(), "verify-"));
const whole = join(temporary, "whole");
/** Building takes two seconds, and ten times that beside other work. */
const BUILD_TIMEOUT_MS = 60_000;
let samples: readonly Sample[];

beforeAll(async () => {
  const sources = await readPackSources(WEIGHTS, join(WEIGHTS, "adapter"), signal);
  const options = {
    storage: "q8",
    name: "Demo",
    baseName: "Base",
    adaptedName: "Adapted",
  } as const;
  await writePack(sources, options, whole, () => {}, signal);
  samples = await readSamples(2);
}, BUILD_TIMEOUT_MS);
afterAll(() => rmSync(temporary, { recursive: true }));

async function verify(
  packFolder: string,
  more: { editionFolder?: string } = {},
): Promise<readonly Check[]> {
  const verification = { packFolder, editionFolder: null, samples, cats: null, ...more };
  return (await verifyPack(verification, () => {}, signal)).checks;
}

const failedOf = (checks: readonly Check[]): readonly Check[] =>
  checks.filter(({ outcome }) => outcome === "failed");

type Manifest = {
  version: number;
  fingerprint: string;
  files: { name: string; bytes: number; sha256: string }[];
  knownAnswer: { embedding: number[] };
  text: { knownAnswer: { embedding: number[] } };
};

/** A copy of the pack, changed. */
function damaged(name: string, change: (folder: string, manifest: Manifest) => void): string {
  const folder = join(temporary, name);
  cpSync(whole, folder, { recursive: true });
  const path = join(folder, MANIFEST_FILE);
  const manifest = JSON.parse(readFileSync(path, "utf8")) as Manifest;
  change(folder, manifest);
  writeFileSync(path, JSON.stringify(manifest));
  return folder;
}

/** Writes a file of a pack and what its manifest says of it. */
function replaceFile(folder: string, manifest: Manifest, name: string, bytes: Uint8Array): void {
  writeFileSync(join(folder, name), bytes);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  manifest.files = manifest.files.map((file) =>
    file.name === name ? { ...file, bytes: bytes.length, sha256 } : file,
  );
}

describe("verifying a pack", () => {
  it("passes a sound pack, with an edition of its model, in every check", async () => {
    const checks = await verify(whole, { editionFolder: EDITION });
    expect(failedOf(checks)).toEqual([]);
    expect(verdictOf(checks).isSound).toBe(true);
    const names = checks.map(({ name }) => name);
    for (const part of ["files and hashes", "known answer, text", "adapter folded, vision"]) {
      expect(names).toContain(part);
    }
    expect(names).toContain("edition, adapted");
  });

  it("passes a pack of pictures only, and says that it has no text tower", async () => {
    const folder = join(temporary, "pictures");
    const sources = await readPackSources(WEIGHTS, null, signal);
    const { model } = sources;
    const shapes = new Map([...model.shapes].filter(([name]) => towerOf(name) === "vision"));
    const pictures = { ...sources, model: { ...model, shapes, towers: ["vision" as const] } };
    const options = { storage: "f16", name: "Demo", baseName: "Base", adaptedName: "" } as const;
    await writePack(pictures, options, folder, () => {}, signal);
    const checks = await verify(folder, { editionFolder: EDITION });
    expect(failedOf(checks)).toEqual([]);
    expect(checks[0]?.detail).toMatch(/no text tower$/);
    expect(checks.filter(({ outcome }) => outcome === "note").map(({ name }) => name)).toEqual([
      "variants",
      "edition, base",
    ]);
  });

  it("names the file that a bit was lost in, and goes no further", async () => {
    const folder = damaged("bit", (at) => {
      const bytes = readFileSync(join(at, "trunk.data"));
      bytes[1000] = (bytes[1000] ?? 0) ^ 1;
      writeFileSync(join(at, "trunk.data"), bytes);
    });
    const checks = await verify(folder);
    expect(failedOf(checks)).toMatchObject([{ name: "files and hashes" }]);
    expect(checks.at(-1)?.detail).toMatch(/^trunk\.data has another SHA-256/);
  });

  it("says which file is missing, and which is too long", async () => {
    const folder = damaged("missing", (at) => {
      rmSync(join(at, "head.onnx"));
      writeFileSync(join(at, "tokenizer_config.json"), "{} ");
    });
    const [failed] = failedOf(await verify(folder));
    expect(failed?.detail).toMatch(
      /head\.onnx is missing; tokenizer_config\.json has 3 bytes in place of/,
    );
  });

  it.each(["vision", "text"] as const)(
    "notices graphs that give another answer, %s",
    async (part) => {
      const folder = damaged(`answer-${part}`, (_, manifest) => {
        const { knownAnswer } = part === "vision" ? manifest : manifest.text;
        knownAnswer.embedding = knownAnswer.embedding.map((value) => -value);
      });
      // Once on ONNX Runtime, once on the page's own kernel.
      const name = `known answer, ${part}`;
      expect(failedOf(await verify(folder))).toMatchObject([{ name }, { name }]);
    },
  );

  it("notices a folded projection that is not what the adapter's factors make of it", async () => {
    const folder = damaged("fold", (at, manifest) => {
      const name = "vision.safetensors";
      const tensors = parseSafetensors(new Uint8Array(readFileSync(join(at, name))), name);
      const written = [...tensors].map(([key, tensor]) => {
        const data = readTensor(tensor);
        const scale = key.endsWith(".adapted") ? 1.01 : 1;
        return { name: key, shape: tensor.shape, data: data.map((value) => value * scale) };
      });
      replaceFile(at, manifest, name, formatSafetensors(written));
    });
    const failed = failedOf(await verify(folder));
    expect(failed).toMatchObject([{ name: "adapter folded, vision" }]);
  });

  it("says of a pack of another version that it is one", async () => {
    const folder = damaged("version", (_, manifest) => {
      manifest.version = 1;
    });
    const checks = await verify(folder);
    expect(checks).toMatchObject([{ outcome: "failed", name: "manifest" }]);
    expect(checks[0]?.detail).toMatch(/\(1: 2\)\.$/);
  });

  it("does not take an edition of another model", async () => {
    const folder = damaged("other", (_, manifest) => {
      manifest.fingerprint = "0".repeat(64);
    });
    const failed = failedOf(await verify(folder, { editionFolder: EDITION }));
    expect(failed).toMatchObject([{ name: "edition" }]);
  });
});
