import { describe, expect, it } from "vitest";
import { parseEditionManifest } from "../../../src/core/edition/edition-manifest.ts";
import { decodeIndexRouter } from "../../../src/core/edition/index-router.ts";
import { decodeRestCluster } from "../../../src/core/edition/rest-file.ts";
import { decodeSignCluster } from "../../../src/core/edition/sign-file.ts";
import { openSources } from "../../../src/core/edition/sources-file.ts";
import { openTexts } from "../../../src/core/edition/texts-file.ts";
import { encodeWorks, parseWorks } from "../../../src/core/edition/works-file.ts";
import { AppError } from "../../../src/core/errors.ts";
import { decodeHnswFile, encodeHnswFile } from "../../../src/core/search/hnsw-file.ts";
import { decodeCentroids } from "../../../src/core/search/router.ts";
import { createSeededRandom } from "../../../src/core/search/seeded-random.ts";
import { gunzip } from "../../../workers/search/gunzip.ts";
import { neverAborted } from "../../helpers/counting-source.ts";
import { memorySource } from "../../helpers/memory-source.ts";
import { makeTinyEdition } from "../../helpers/tiny-edition.ts";

const edition = makeTinyEdition({ sentences: 130, dim: 16 });
const { bytes, router } = edition.files;
const works = edition.corpus.works.length;
const count = router.counts[0] ?? 0;
const hnsw = { dim: 16, graph: router.graph, vectors: decodeCentroids(router) };

/** Every decoder with a sound input; each must read damaged input or refuse it with a typed error, nothing else. */
const DECODERS: readonly [
  string,
  Uint8Array<ArrayBuffer>,
  (input: Uint8Array<ArrayBuffer>) => unknown,
][] = [
  ["router", bytes.router, decodeIndexRouter],
  ["sign", bytes.sign.slice(0, count * 8), (input) => decodeSignCluster(input, count, 32)],
  [
    "rest",
    bytes.rest.slice(0, count * 22),
    (input) => decodeRestCluster(input, { count, codeDim: 32, sentences: 130 }),
  ],
  [
    "texts",
    bytes.texts,
    async (input) => {
      const reader = await openTexts(memorySource(input), 130, gunzip, neverAborted());
      return reader.read([0, 64, 129], neverAborted());
    },
  ],
  [
    "sources",
    bytes.sources,
    async (input) => {
      const sentences = edition.corpus.works.map((work) => work.sentences);
      const reader = await openSources(memorySource(input), sentences, gunzip, neverAborted());
      for (let work = 0; work < sentences.length; work++) await reader.read(work, neverAborted());
    },
  ],
  [
    "works",
    encodeWorks({ works: edition.corpus.works, topicNames: {}, aliases: {} }),
    (input) => parseWorks(input, works),
  ],
  ["hnsw", encodeHnswFile(hnsw), (input) => decodeHnswFile(input, 16)],
  [
    "manifest",
    new TextEncoder().encode(JSON.stringify(edition.manifest)),
    (input) => {
      let json: unknown;
      try {
        json = JSON.parse(new TextDecoder().decode(input));
      } catch {
        return null;
      }
      return parseEditionManifest(json);
    },
  ],
];

async function outcome(decode: () => unknown): Promise<unknown> {
  try {
    await decode();
    return "read";
  } catch (error) {
    return error instanceof AppError ? "refused" : error;
  }
}

describe.each(DECODERS)("%s", (name, sound, decode) => {
  it("reads the sound file", async () => {
    expect(await outcome(() => decode(sound))).toBe("read");
  });

  it("refuses every shorter file, and one that is longer by a byte", async () => {
    const step = Math.max(1, Math.floor(sound.length / 60));
    const outcomes = new Set<unknown>();
    for (let length = 0; length < sound.length; length += step) {
      outcomes.add(await outcome(() => decode(sound.slice(0, length))));
    }
    const longer = new Uint8Array(sound.length + 1);
    longer.set(sound);
    outcomes.add(await outcome(() => decode(longer)));
    // A manifest of another length is not JSON: that is for whoever parses the text to refuse.
    expect([...outcomes]).toEqual([name === "manifest" ? "read" : "refused"]);
  });

  it("reads or refuses 400 files with random damage, with no other error", async () => {
    const random = createSeededRandom(2024);
    const outcomes = new Set<unknown>();
    for (let round = 0; round < 400; round++) {
      const damaged = sound.slice();
      const hits = 1 + Math.floor(random() * 8);
      for (let hit = 0; hit < hits; hit++) {
        // Half of the damage goes where the structure is.
        const reach = random() < 0.5 ? Math.min(128, sound.length) : sound.length;
        damaged[Math.floor(random() * reach)] = Math.floor(random() * 256);
      }
      outcomes.add(await outcome(() => decode(damaged)));
    }
    expect([...outcomes].filter((seen) => seen !== "read" && seen !== "refused")).toEqual([]);
    expect(outcomes.has("refused")).toBe(true);
  });
});
