import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { BuildError } from "./build-error.ts";

/** Files of a work folder: checkpoints, and what is half written. */
const CHECKPOINT = ".done";
const PARTIAL = ".partial";
const HASH_BYTES = 32;
/** Holds the identity of the build. */
const IDENTITY = "build";

/**
 * The folder in which a build keeps what it has done, so that after a kill at any point it goes on from there. A checkpoint is written
 * beside its place and moved there: it is whole or not there, and its hash is checked when it is read.
 */
export interface WorkFolder {
  readonly path: string;
  /** The value that was kept under a name; null where there is none or it is damaged. */
  read(name: string): Promise<unknown>;
  write(name: string, value: unknown): Promise<void>;
  has(name: string): Promise<boolean>;
  /** A place for a file of this name, which need not be there. */
  pathOf(name: string): string;
}

/**
 * Opens the work folder of one build. What another build left in it is removed: its checkpoints are of no use for this one.
 *
 * @param identity of everything that the checkpoints depend on
 * @throws BuildError where the folder holds something else than a build's work
 */
export async function openWorkFolder(path: string, identity: string): Promise<WorkFolder> {
  await mkdir(path, { recursive: true });
  const folder = accessTo(path);
  if ((await folder.read(IDENTITY)) === identity) return folder;
  const entries = await readdir(path);
  const foreign = entries.filter((name) => !isWork(name));
  if (foreign.length > 0) {
    throw new BuildError(`${path} holds other files (${foreign[0]}): give another --work-dir`);
  }
  // In a folder without checkpoints another part may just begin.
  if (entries.some((name) => name.endsWith(CHECKPOINT))) await removeWork(path, entries);
  await folder.write(IDENTITY, identity);
  return folder;
}

/** The same for a folder that another machine filled: nothing is written. Throws BuildError where it is of another build. */
export async function openForeignWorkFolder(path: string, identity: string): Promise<WorkFolder> {
  const folder = accessTo(path);
  if ((await folder.read(IDENTITY)) === identity) return folder;
  throw new BuildError(
    `${path} holds no work of this build: the parts must have had the same input, options and version`,
  );
}

/** Removes the work of another build; what says that it is another's at last, so that a kill in between is made good. */
async function removeWork(path: string, entries: readonly string[]): Promise<void> {
  const last = IDENTITY + CHECKPOINT;
  for (const name of [...entries.filter((entry) => entry !== last), last]) {
    await rm(join(path, name), { recursive: true, force: true });
  }
}

/**
 * Makes a folder within a work folder for this process alone: parts that share the work folder may be at the same step. What processes
 * of this machine left that are no more is removed.
 */
export async function makeOwnFolder(path: string): Promise<string> {
  const start = `${hostname()}-`;
  for (const name of await readdir(path)) {
    if (!name.startsWith(start) || !name.endsWith(PARTIAL)) continue;
    const pid = Number(name.slice(start.length, -PARTIAL.length));
    if (Number.isInteger(pid) && (pid === process.pid || !isAlive(pid))) {
      await rm(join(path, name), { recursive: true, force: true });
    }
  }
  const own = join(path, `${start}${process.pid}${PARTIAL}`);
  await mkdir(own, { recursive: true });
  return own;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // One of another person's may not be asked.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function isWork(name: string): boolean {
  const ends = [CHECKPOINT, PARTIAL, ".layout", ".spill", ".rows"];
  return ends.some((end) => name.endsWith(end));
}

function accessTo(path: string): WorkFolder {
  const place = (name: string) => join(path, name + CHECKPOINT);
  const load = async (name: string) => readFile(place(name)).catch(() => null);
  return {
    path,
    pathOf: (name) => join(path, name),
    async read(name) {
      const bytes = await load(name);
      if (bytes === null || bytes.length < HASH_BYTES) return null;
      const content = bytes.subarray(HASH_BYTES);
      const hash = createHash("sha256").update(content).digest();
      return hash.equals(bytes.subarray(0, HASH_BYTES)) ? deserialize(content) : null;
    },
    async write(name, value) {
      const content = serialize(value);
      const hash = createHash("sha256").update(content).digest();
      await writeWhole(place(name), [hash, content]);
    },
    has: async (name) => {
      const file = await open(place(name)).catch(() => null);
      await file?.close();
      return file !== null;
    },
  };
}

/** Writes a file beside its place, waits until it is on the disk, and moves it there. */
export async function writeWhole(path: string, parts: readonly Uint8Array[]): Promise<void> {
  // Not named by the process: machines that share a folder may give two the same number, as containers do.
  const partial = `${path}.${randomUUID()}${PARTIAL}`;
  const file = await open(partial, "w");
  try {
    for (const part of parts) await file.writeFile(part);
    await file.datasync();
  } finally {
    await file.close();
  }
  await rename(partial, path);
}
