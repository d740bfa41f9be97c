import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readBack } from "../../../scripts/build-index/prove/read-back.ts";
import { codeDimOf } from "../../../src/core/codes/code-dim.ts";
import { byworkBytesPerRow } from "../../../src/core/edition/bywork-file.ts";
import { HASH_BYTES, hashesRange } from "../../../src/core/edition/hashes-file.ts";
import { neverAborted } from "../../helpers/counting-source.ts";
import {
  filesToServe,
  makeTinyEdition,
  type TinyEdition,
  withFlippedByte,
} from "../../helpers/tiny-edition.ts";

const SENTENCES = 500;
const edition = makeTinyEdition({ sentences: SENTENCES, dim: 64 });
const { manifest } = edition;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "read-back-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function read(
  written: Pick<TinyEdition, "manifest" | "files">,
  report: (done: number, total: number) => void = () => undefined,
): Promise<void> {
  for (const [name, bytes] of filesToServe(written)) await writeFile(join(folder, name), bytes);
  await readBack(folder, manifest, report, neverAborted());
}

/** The edition with one bit of the first work's codes changed, and its hash made to fit. */
function withOtherCode(offset: number): Pick<TinyEdition, "manifest" | "files"> {
  const own = edition.files.bytes.bywork.slice();
  own[offset] = (own[offset] ?? 0) ^ 1;
  const changed = {
    files: { ...edition.files, bytes: { ...edition.files.bytes, bywork: own } },
  };
  const { bywork, hashes } = changed.files.bytes;
  const bytes = (edition.corpus.works[0]?.sentences ?? 0) * byworkBytesPerRow(codeDimOf(64));
  const shape = {
    ...{ clusters: manifest.clusters, works: manifest.works, sentences: SENTENCES },
    hasRows: true,
  };
  const listed = hashes.slice();
  const digest = createHash("sha256").update(bywork.subarray(0, bytes)).digest();
  listed.set(digest.subarray(0, HASH_BYTES), hashesRange(shape, "bywork", 0, 1).start);
  const files = { ...changed.files, bytes: { ...changed.files.bytes, hashes: listed } };
  return { manifest, files };
}

describe("readBack", () => {
  it("reads all of a whole edition, and tells how far it is", async () => {
    const reports: [number, number][] = [];
    await read(edition, (done, total) => reports.push([done, total]));
    expect(reports[0]).toEqual([0, 4 * SENTENCES]);
    expect(reports.at(-1)).toEqual([4 * SENTENCES, 4 * SENTENCES]);
  });

  it.each([
    ["a plane", 0],
    ["the cluster", 32],
    ["a factor", 38],
    ["the flags", 43],
  ])("names a row of which %s is not that of its cluster, though its hash fits", async (_, at) => {
    const rowBytes = byworkBytesPerRow(codeDimOf(64));
    await expect(read(withOtherCode(2 * rowBytes + at))).rejects.toMatchObject({
      detail: {
        code: "edition-corrupt",
        file: "bywork",
        why: "row 2 is not that of its cluster",
      },
    });
  });

  it.each(["texts", "sources", "works", "bywork", "rest", "sign", "rows"] as const)(
    "refuses %s with a damaged byte",
    async (file) => {
      const { length } = edition.files.bytes[file];
      await expect(read(withFlippedByte(edition, file, length - 6))).rejects.toMatchObject({
        detail: { code: "edition-corrupt", file },
      });
    },
  );
});
