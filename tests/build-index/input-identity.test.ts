import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type BuildOptions, DEFAULT_OPTIONS } from "../../scripts/build-index/build-options.ts";
import { identifyInput } from "../../scripts/build-index/input-identity.ts";
import { findVectors } from "../../scripts/build-index/vectors/find-vectors.ts";
import { writeCorpusFolder } from "../helpers/corpus-folder.ts";
import { neverAborted } from "../helpers/counting-source.ts";

const VECTORS = "clip_embeddings.safetensors";
const IDS = "clip_embeddings_sentence_ids.json";
const signal = neverAborted();

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "identity-"));
  await writeCorpusFolder(folder, { sentences: 80, dim: 16, seed: 4 });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const identify = (changes: Partial<BuildOptions>) =>
  identifyInput(
    {
      ...DEFAULT_OPTIONS,
      json: join(folder, "json"),
      fingerprint: "abc",
      name: "Identity",
      out: join(folder, "out"),
      ...changes,
    },
    signal,
  );

/** Changes one byte in the middle of a file. */
async function touch(...path: readonly string[]): Promise<void> {
  const file = join(folder, ...path);
  const bytes = await readFile(file);
  const at = bytes.length >> 1;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(file, bytes);
}

describe("identifyInput", () => {
  it("follows vectors and ids that were found below a folder, or beside the vectors", async () => {
    await mkdir(join(folder, "data", "embeddings"), { recursive: true });
    for (const name of [VECTORS, IDS]) {
      await rename(join(folder, name), join(folder, "data", "embeddings", name));
    }
    for (const place of [folder, join(folder, "data", "embeddings", VECTORS)]) {
      const embeddings = { place, ids: null };
      const seen = new Set([await identify({ embeddings })]);
      await touch("data", "embeddings", VECTORS);
      seen.add(await identify({ embeddings }));
      await touch("data", "embeddings", IDS);
      seen.add(await identify({ embeddings }));
      expect(seen.size).toBe(3);
    }
  });

  it("follows an adapter that a folder holds", async () => {
    const home = join(folder, "models", "PaintingClip");
    await mkdir(home, { recursive: true });
    await writeFile(join(home, "adapter_config.json"), "{}");
    await writeFile(join(home, "adapter_model.safetensors"), "weights");
    const adapter = join(folder, "models");
    const before = await identify({ adapter });
    await touch("models", "PaintingClip", "adapter_model.safetensors");
    expect(await identify({ adapter })).not.toBe(before);
  });

  it("sees one letter change in the middle of many sentences", async () => {
    const path = join(folder, "json", "sentences.json");
    const { length } = await readFile(path);
    await writeFile(
      path,
      Buffer.concat([await readFile(path), Buffer.alloc((1 << 25) - length, " ")]),
    );
    const before = await identify({});
    const bytes = await readFile(path);
    bytes[10_000_000] = 9;
    await writeFile(path, bytes);
    expect(await identify({})).not.toBe(before);
  });

  it("takes the address of a folder that the server lists", async () => {
    const server = createServer((request, response) => {
      const name = (request.url ?? "").split("/").at(-1) ?? "";
      if (name !== VECTORS && name !== IDS) return void response.end("<h1>Index of /set</h1>");
      void readFile(join(folder, name)).then((bytes) => {
        const [, start, end] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? "") ?? [];
        if (start === undefined) return void response.end(bytes);
        const part = bytes.subarray(Number(start), Number(end) + 1);
        const range = `bytes ${start}-${Number(start) + part.length - 1}/${bytes.length}`;
        response.writeHead(206, { "Content-Range": range, "Content-Length": part.length });
        response.end(part);
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    try {
      const { port } = server.address() as AddressInfo;
      const place = `http://127.0.0.1:${port}/set/`;
      const identity = await identify({ embeddings: { place, ids: null } });
      expect(identity).toBe(await identify({ embeddings: { place: folder, ids: null } }));
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

describe("findVectors", () => {
  it("finds the ids of a file whose name is no plain word", async () => {
    const [vectors, ids] = ["my 50% #1 set.safetensors", "my 50% #1 set_sentence_ids.json"];
    await rename(join(folder, VECTORS), join(folder, vectors));
    await rename(join(folder, IDS), join(folder, ids));
    const found = await findVectors("base", join(folder, vectors), null, signal);
    expect(found.ids.name).toBe(ids);
    await found.vectors.close();
    await found.ids.close();
  });
});
