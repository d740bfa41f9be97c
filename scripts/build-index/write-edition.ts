import { createHash } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  EDITION_MANIFEST,
  type EditionManifest,
  parseEditionManifest,
} from "../../src/core/edition/edition-manifest.ts";
import { writeWhole } from "./work-folder.ts";

/** Names of files of any edition in a folder, this one's or an earlier one's, and of those that were never finished. */
const EDITION_FILE =
  /^(router|codes|sign|rest|bywork|hashes|rows|works|texts|sources|similar)\.([0-9a-f]{16}\.bin|partial)$/;

/** Hex SHA-256. */
export function sha256(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/**
 * Writes the manifest, which makes an edition of the files, then removes files of earlier editions.
 *
 * @throws AppError `edition-corrupt` where the page would refuse the manifest
 */
export async function publishEdition(folder: string, manifest: EditionManifest): Promise<void> {
  const text = JSON.stringify(manifest);
  parseEditionManifest(JSON.parse(text));
  const json = new TextEncoder().encode(`${text}\n`);
  await writeWhole(join(folder, EDITION_MANIFEST), [json]);
  const { files, adapted } = manifest;
  const all = [...Object.values(files)];
  if (adapted?.kind === "own") all.push(...Object.values(adapted.files));
  const current = new Set(all.map(({ name }) => name));
  for (const name of await readdir(folder)) {
    if (EDITION_FILE.test(name) && !current.has(name)) await rm(join(folder, name));
  }
}
