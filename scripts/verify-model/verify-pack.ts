import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  MANIFEST_FILE,
  type PackManifest,
  parsePackManifest,
} from "../../src/core/model/pack-manifest.ts";
import { type NodeEncoder, openPackInNode } from "../build-model/node-sessions.ts";
import { faultOf } from "./bring-folder.ts";
import { attempt, type Check, holds } from "./check.ts";
import { checkAdapter } from "./check-adapter.ts";
import { type Answers, checkKnownAnswers, checkVectors } from "./check-answers.ts";
import { checkEdition } from "./check-edition.ts";
import { checkMaps } from "./check-maps.ts";
import { checkPublished } from "./check-published.ts";
import { checkTokenizer } from "./check-tokenizer.ts";
import { modelView, type Picture } from "./read-picture.ts";
import type { Sample } from "./samples.ts";

/** Texts beside the descriptions of the pictures: short, long, and with marks that tokenizers stumble over. */
const TEXTS = [
  "chiaroscuro",
  "she didn't paint it in 1642",
  "light from the left, ".repeat(30).trim(),
];
const BYTES_PER_MB = 1e6;

/** What there is to verify, all of it on this machine. */
export interface Verification {
  readonly packFolder: string;
  readonly editionFolder: string | null;
  readonly samples: readonly Sample[];
  /** The picture of the published numbers, where the pack is to be compared with them. */
  readonly cats: Picture | null;
}

/** What was found, and the pack at work where it could be opened. */
export interface Findings {
  readonly checks: readonly Check[];
  readonly encoder: NodeEncoder | null;
}

async function checkFiles(folder: string, manifest: PackManifest): Promise<readonly Check[]> {
  const faults: string[] = [];
  for (const file of manifest.files) {
    const fault = await faultOf(folder, file);
    if (fault !== null) faults.push(fault);
  }
  const total = (part: "vision" | "text") =>
    manifest.files.reduce((sum, file) => sum + (file.part === part ? file.bytes : 0), 0);
  const size = `vision ${(total("vision") / BYTES_PER_MB).toFixed(1)} MB, text ${(total("text") / BYTES_PER_MB).toFixed(1)} MB`;
  return [holds("files and hashes", faults.length === 0, faults.join("; ") || size)];
}

async function encodeAll(
  encoder: NodeEncoder,
  samples: readonly Sample[],
  texts: readonly string[],
  signal: AbortSignal,
): Promise<Answers> {
  const { imageSize, text } = encoder.manifest;
  const pictures: Answers["pictures"][number][] = [];
  for (const { picture } of samples) {
    pictures.push(await encoder.encodeImage(modelView(picture, imageSize), signal));
  }
  return { pictures, texts: text === null ? null : await encoder.encodeTexts(texts, signal) };
}

/**
 * Checks a pack: manifest, files and hashes, known answers, vectors, tokenizer, adapter, maps; an edition and published
 * numbers where they are given. A check that fails does not stop the others, unless they need what failed.
 *
 * @param log told what is being done
 */
export async function verifyPack(
  { packFolder, editionFolder, samples, cats }: Verification,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<Findings> {
  const checks: Check[] = [];
  const run = async (name: string, work: Parameters<typeof attempt>[1]): Promise<boolean> => {
    log(name);
    const found = await attempt(name, work);
    checks.push(...found);
    return found.every(({ outcome }) => outcome !== "failed");
  };
  const pack: { manifest: PackManifest | null; encoder: NodeEncoder | null } = {
    manifest: null,
    encoder: null,
  };
  await run("manifest", async () => {
    const read = parsePackManifest(
      JSON.parse(await readFile(join(packFolder, MANIFEST_FILE), "utf8")),
    );
    pack.manifest = read;
    const { name, packId, storage, width, layers, text } = read;
    const tower = text === null ? "no text tower" : `text ${text.width} × ${text.layers}`;
    return [
      holds(
        "manifest",
        true,
        `${name} (${packId}), ${storage}, vision ${width} × ${layers}, ${tower}`,
      ),
    ];
  });
  const described = pack.manifest;
  if (described === null) return { checks, encoder: pack.encoder };
  if (!(await run("files and hashes", () => checkFiles(packFolder, described))))
    return { checks, encoder: pack.encoder };
  await run("graphs", async () => {
    pack.encoder = await openPackInNode(packFolder);
    return [holds("graphs", true, "load on WASM, one thread")];
  });
  const opened = pack.encoder;
  if (opened === null) return { checks, encoder: pack.encoder };
  const texts = [...samples.map(({ text }) => text), ...TEXTS];
  await run("known answers", () => checkKnownAnswers(opened, "ONNX Runtime", signal));
  if (described.storage === "q8") {
    await run("known answers on the page's own kernel", async () => {
      const moved = await openPackInNode(packFolder, "kernel");
      return checkKnownAnswers(moved, "the page's own kernel", signal);
    });
  }
  await run("adapter folded", () => checkAdapter(packFolder, described));
  await run("tokenizer", () => checkTokenizer(packFolder, opened, texts));
  await run("vectors and maps", async () => {
    const answers = await encodeAll(opened, samples, texts, signal);
    return [...checkVectors(opened, answers), ...checkMaps(opened, answers)];
  });
  if (cats !== null) await run("published numbers", () => checkPublished(opened, cats, signal));
  if (editionFolder !== null) {
    await run("edition", () => checkEdition(editionFolder, opened, signal));
  }
  return { checks, encoder: pack.encoder };
}
