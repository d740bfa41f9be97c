import { sha256 as digest } from "@noble/hashes/sha2.js";
import { beforeAll, expect, test } from "vitest";
import {
  EDITION_CODING,
  EDITION_FORMAT,
  EDITION_VERSION,
  parseEditionManifest,
} from "../../src/core/edition/edition-manifest.ts";
import scanSource from "../../src/core/gpu/scan.wgsl?raw";
import type { SearchRequest } from "../../src/core/protocol.ts";
import type { Edition } from "../../src/core/search/open-edition.ts";
import type { ResidentFinder, ResidentSource } from "../../src/core/search/resident-finder.ts";
import { searchEdition } from "../../src/core/search/search-edition.ts";
import { findAdapter } from "../../workers/encoder/device.ts";
import { nextTask } from "../../workers/next-task.ts";
import { createGpuResidentFinder } from "../../workers/search/gpu-resident-finder.ts";
import { openTiny } from "../helpers/open-tiny-edition.ts";
import { sharedIndex } from "../helpers/shared-index.ts";
import { storedGzip } from "../helpers/stored-gzip.ts";
import { makeQuery, makeTinyInput } from "../helpers/tiny-corpus.ts";
import { makeEditionFiles } from "../helpers/tiny-files/edition-files.ts";

const never = new AbortController().signal;
const input = makeTinyInput({ sentences: 2500, dim: 64 });
const hooks = {
  onAnswer: () => undefined,
  report: () => undefined,
  now: () => performance.now(),
  pause: nextTask,
};
const devices: GPUDevice[] = [];
/** Whether the graphics processor answered, search by search. */
const answered: boolean[] = [];
let plain: Edition;
let accelerated: Edition;

beforeAll(async () => {
  const files = makeEditionFiles({ ...input, gzip: storedGzip, digest }, () => undefined);
  // Files in memory are not checked: any hash will do.
  const hash = "0".repeat(64);
  const described = Object.entries(files.bytes).map(([name, { length: bytes }]) => [
    name,
    { name, bytes, sha256: hash, chunkBytes: bytes, chunkSha256: [hash] },
  ]);
  const manifest = parseEditionManifest({
    ...{ format: EDITION_FORMAT, version: EDITION_VERSION, editionId: "tiny", name: "Tiny" },
    ...{ sentences: 2500, works: input.corpus.works.length, dim: 64, fingerprint: "f" },
    ...{ clusters: files.router.clusters, coding: EDITION_CODING },
    files: Object.fromEntries(described),
    exact: { kind: "file", type: "f32" },
    adapted: sharedIndex(input.transform?.rank ?? 0),
  });
  plain = await openTiny({ files, manifest });
  const openFinder = (source: ResidentSource): ResidentFinder => {
    const finder = createGpuResidentFinder({
      ...source,
      now: () => performance.now(),
      pause: nextTask,
      openDevice,
      shader: scanSource,
      leastRows: 1,
      choice: "gpu",
    });
    return {
      async find(queries, options, signal) {
        const found = await finder.find(queries, options, signal);
        answered.push(found !== null);
        return found;
      },
      close: finder.close,
    };
  };
  accelerated = await openTiny({ files, manifest }, {}, { openFinder });
});

async function openDevice(): Promise<GPUDevice | null> {
  const adapter = await findAdapter(true);
  if (adapter === null) return null;
  const device = await adapter.requestDevice();
  devices.push(device);
  return device;
}

/** Searches both editions until the graphics processor has answered or not, as expected; their answers are always the same. */
async function searchBoth(request: SearchRequest, isOnGpu: boolean): Promise<void> {
  const expected = await searchEdition(plain, request, hooks, never);
  await expect
    .poll(
      async () => {
        const { found, scanned, total, vectors } = await searchEdition(
          accelerated,
          request,
          hooks,
          never,
        );
        expect(found).toEqual(expected.found);
        expect(vectors).toEqual(expected.vectors);
        expect([scanned, total]).toEqual([2500, 2500]);
        return answered.at(-1);
      },
      { timeout: 20_000 },
    )
    .toBe(isOnGpu);
}

test("a search is answered alike by the kernel, the graphics processor, and the kernel again", async () => {
  const works = Uint8Array.from(input.corpus.works, (_, work) => work % 2);
  const base = { query: makeQuery(input, 1), variant: "base", count: 25 } as const;
  await searchBoth(base, false);
  await searchBoth(base, true);
  await searchBoth({ ...base, query: makeQuery(input, 2), variant: "adapted" }, true);
  await searchBoth({ ...base, works, hiddenFlags: 0, count: 200 }, true);
  devices.at(-1)?.destroy();
  await searchBoth(base, false);
  await searchBoth(base, true);
  expect(devices).toHaveLength(2);
});
