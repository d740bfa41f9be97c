import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, open, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder with files to check; one that was downloaded is removed when it is closed. */
export interface BroughtFolder {
  readonly path: string;
  close(): Promise<void>;
}

/** A name that stays inside its folder. */
const PLAIN_NAME = /^[A-Za-z0-9][\w.-]*$/;
const MANIFEST = "manifest.json";
/** Far above any manifest. */
const MOST_MANIFEST_BYTES = 64 * 1024 ** 2;

/** The names and sizes of files that a manifest lists, in whatever shape: a list, or a record. */
function listedFiles(manifest: unknown): ReadonlyMap<string, number> {
  const files =
    typeof manifest === "object" && manifest !== null && "files" in manifest
      ? manifest.files
      : null;
  const entries = typeof files === "object" && files !== null ? Object.values(files) : [];
  const listed = new Map<string, number>();
  for (const { name, bytes } of entries) {
    if (typeof name !== "string" || !PLAIN_NAME.test(name)) {
      throw new Error(`The manifest lists a file named ${JSON.stringify(name)}.`);
    }
    listed.set(name, Number(bytes));
  }
  return listed;
}

/** Streams one file to the disk, and stops where it is longer than `most` bytes. */
async function download(url: string, path: string, most: number): Promise<void> {
  const response = await fetch(url).catch((error: unknown) => {
    throw new Error(`${url} cannot be reached.`, { cause: error });
  });
  if (!response.ok || response.body === null) {
    throw new Error(`${url} was answered with status ${response.status}.`);
  }
  const file = await open(path, "w");
  let received = 0;
  try {
    for await (const chunk of response.body) {
      received += chunk.length;
      if (received > most) throw new Error(`${url} is longer than ${most} bytes.`);
      await file.writeFile(chunk);
    }
  } finally {
    await file.close();
  }
}

/**
 * Gives the folder of a pack or an edition: one on this machine as it is, one behind a URL downloaded with every file that
 * its manifest lists.
 *
 * @throws Error with a sentence where something cannot be had
 */
export async function bringFolder(
  place: string,
  log: (line: string) => void,
): Promise<BroughtFolder> {
  if (!/^https?:/.test(place)) {
    if (!(await stat(place).catch(() => null))?.isDirectory()) {
      throw new Error(`There is no folder ${place}.`);
    }
    return { path: place, close: async () => {} };
  }
  const base = place.endsWith("/") ? place : `${place}/`;
  const path = await mkdtemp(join(tmpdir(), "verify-"));
  const close = () => rm(path, { recursive: true, force: true });
  try {
    await download(`${base}${MANIFEST}`, join(path, MANIFEST), MOST_MANIFEST_BYTES);
    const manifest: unknown = JSON.parse(await readFile(join(path, MANIFEST), "utf8"));
    for (const [name, bytes] of listedFiles(manifest)) {
      log(`downloading ${name}`);
      await download(`${base}${name}`, join(path, name), bytes);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { path, close };
}

/** Downloads one small file to memory. */
export async function bringFile(url: string, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const folder = await mkdtemp(join(tmpdir(), "verify-"));
  try {
    await download(url, join(folder, "file"), most);
    return new Uint8Array(await readFile(join(folder, "file")));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What is wrong with a file of that size and SHA-256, or null. */
export async function faultOf(
  folder: string,
  {
    name,
    bytes,
    sha256,
  }: { readonly name: string; readonly bytes: number; readonly sha256: string },
): Promise<string | null> {
  const path = join(folder, name);
  const size = (await stat(path).catch(() => null))?.size;
  if (size === undefined) return `${name} is missing`;
  if (size !== bytes) return `${name} has ${size} bytes in place of ${bytes}`;
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest("hex") === sha256
    ? null
    : `${name} has another SHA-256 than the manifest says`;
}
