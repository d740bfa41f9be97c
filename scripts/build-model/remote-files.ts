import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import type { ByteSource } from "../../src/core/bytes/source.ts";
import { AppError, isAppError } from "../../src/core/errors.ts";
import { createRangedRequest, totalOf } from "../../workers/ranged-request.ts";
import { createRetry, type Retry, sleep, TransientError } from "../../workers/retry.ts";
import { createHttpSource } from "../../workers/search/http-source.ts";
import { lazyFileSource } from "./folder-files.ts";
import { withReadAhead } from "./read-ahead.ts";

/** A server cannot be asked what it has, so that it is asked for what a model may have. */
const SETTINGS = [
  "config.json",
  "open_clip_config.json",
  "preprocessor_config.json",
  "tokenizer.json",
  "tokenizer_config.json",
  "vocabulary.json",
];
const ADAPTER = ["adapter_config.json", "adapter_model.safetensors"];
const SHARD_INDEX = "model.safetensors.index.json";
const MOST_INDEX_BYTES = 16 << 20;
/** Names of one model's shards; nothing that leaves the folder. */
const SHARD_NAME = /^[\w-]+-\d{5}-of-\d{5}\.safetensors$/;

/** What a server says of a file that is not there; stores of signed URLs answer 403. */
const MISSING: readonly number[] = [403, 404, 410];
const ATTEMPTS = 5;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 60_000;

/** How files of a server are read. */
export interface RemoteOptions {
  /** An existing folder for files of servers that cannot deliver parts of them. */
  readonly temporary: string;
  /** Whether ONNX files in half precision serve best, because the pack keeps no more anyway. */
  readonly prefersHalves: boolean;
  readonly visionOnly: boolean;
}

/** Tells whether a place is a URL rather than a folder. */
export function isUrl(place: string): boolean {
  return /^https?:\/\//.test(place);
}

/** Base URLs end in "/"; a query, such as a signature, stays behind the file's name. */
function urlOf(base: string, name: string): string {
  const url = new URL(base);
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  url.pathname += name;
  return url.href;
}

async function download(response: Response, path: string, url: string, signal: AbortSignal) {
  if (response.body === null) throw new AppError({ code: "network", url });
  try {
    const body = Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
    await pipeline(body, createWriteStream(path), { signal });
  } catch (cause) {
    signal.throwIfAborted();
    throw new TransientError({ code: "network", url }, { cause });
  }
}

/**
 * Opens one file of a server: by ranges where the server delivers them, else by downloading all of it first. Redirects
 * are followed, and their target is asked directly from then on.
 *
 * @returns null where the server does not have it
 */
async function openRemoteFile(
  url: string,
  name: string,
  { temporary }: RemoteOptions,
  retry: Retry,
  signal: AbortSignal,
): Promise<ByteSource | null> {
  const { fetch } = globalThis;
  const now = () => performance.now();
  const request = createRangedRequest({ url, fetch, now });
  const path = join(temporary, name.replaceAll("/", "-"));
  const size = await retry(async (within) => {
    let response: Response;
    try {
      response = await request({ start: 0, end: 1 }, within);
    } catch (error) {
      if (isAppError(error, "http-status") && MISSING.includes(error.detail.status)) return null;
      throw error;
    }
    if (response.status === 200) {
      await download(response, path, url, within);
      return "downloaded";
    }
    await response.body?.cancel();
    return totalOf(response);
  }, signal);
  if (size === null) return null;
  if (size === "downloaded") return lazyFileSource(path, name);
  if (size === 0) throw new AppError({ code: "range-ignored", url });
  return withReadAhead(createHttpSource({ url, key: name, size, fetch, retry, now }));
}

type OpenFile = (name: string) => Promise<ByteSource | null>;

/** The shards that an index names. */
async function shardsOf(index: ByteSource, signal: AbortSignal): Promise<readonly string[]> {
  const invalid = (why: string) =>
    new AppError({ code: "weights-invalid", file: SHARD_INDEX, why });
  if (index.size > MOST_INDEX_BYTES) throw invalid(`has ${index.size} bytes`);
  const bytes = await index.read({ start: 0, end: index.size }, signal);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw invalid("is not JSON");
  }
  const map = typeof json === "object" && json !== null && "weight_map" in json && json.weight_map;
  if (typeof map !== "object" || map === null) throw invalid("has no weight_map");
  const names = [...new Set<unknown>(Object.values(map))].filter(
    (name) => typeof name === "string",
  );
  if (!names.every((name) => SHARD_NAME.test(name)))
    throw invalid("names something else than shards");
  return names;
}

/** The first layout of weights that the server has: one file, shards, open_clip's, or ONNX files of the towers. */
async function findWeights(
  open: OpenFile,
  { prefersHalves, visionOnly }: RemoteOptions,
  signal: AbortSignal,
): Promise<readonly (readonly [string, ByteSource])[]> {
  const whole = await open("model.safetensors");
  if (whole !== null) return [["model.safetensors", whole]];
  const index = await open(SHARD_INDEX);
  if (index !== null) {
    const found: [string, ByteSource][] = [[SHARD_INDEX, index]];
    for (const name of await shardsOf(index, signal)) {
      const shard = await open(name);
      if (shard !== null) found.push([name, shard]);
    }
    return found;
  }
  for (const name of ["open_clip_model.safetensors", "open_clip_pytorch_model.safetensors"]) {
    const source = await open(name);
    if (source !== null) return [[name, source]];
  }
  const endings = prefersHalves ? ["_fp16.onnx", ".onnx"] : [".onnx", "_fp16.onnx"];
  const found: [string, ByteSource][] = [];
  for (const tower of visionOnly ? ["vision"] : ["vision", "text"]) {
    for (const name of endings.flatMap((end) => [
      `onnx/${tower}_model${end}`,
      `${tower}_model${end}`,
    ])) {
      const source = await open(name);
      if (source === null) continue;
      found.push([name, source]);
      break;
    }
  }
  return found;
}

/**
 * The files of a model or an adapter under a base URL.
 *
 * @param kind what is looked for
 * @throws AppError of the network group, or `weights-invalid` where there is nothing of the kind
 */
export async function openRemoteFiles(
  base: string,
  kind: "model" | "adapter",
  options: RemoteOptions,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ByteSource>> {
  const limits = {
    attempts: ATTEMPTS,
    firstWaitMs: FIRST_WAIT_MS,
    longestWaitMs: LONGEST_WAIT_MS,
    jitter: 0,
  };
  const retry = createRetry(sleep, limits);
  const open: OpenFile = (name) => openRemoteFile(urlOf(base, name), name, options, retry, signal);
  const files = new Map<string, ByteSource>();
  for (const name of kind === "model" ? SETTINGS : ADAPTER) {
    const source = await open(name);
    if (source !== null) files.set(name, source);
  }
  if (kind === "model") {
    for (const [name, source] of await findWeights(open, options, signal)) files.set(name, source);
  }
  return files;
}
