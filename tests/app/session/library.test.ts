import { describe, expect, it } from "vitest";
import { DEMO_CHOICE } from "../../../src/app/models/model-choice.ts";
import { createSession } from "../../../src/app/session/create-session.ts";
import type { EncodedPicture, SearchRequest, WorkDetail } from "../../../src/core/protocol.ts";
import { QUALITY_FLAGS } from "../../../src/core/quality/flags.ts";
import { answer, DIM, deferred, encoded, picture, services, settle } from "./doubles.ts";

const { signal } = new AbortController();
const work: WorkDetail = {
  work: { ...answer(1).found[0]?.work, workId: "w2" } as WorkDetail["work"],
  index: 1,
  sentences: 300,
  topics: [],
  creators: [],
  images: [],
};

describe("the library", () => {
  it("opens the edition for a work, without the encoder", async () => {
    const workers = services({ search: { work: async () => work } });
    const { library } = createSession(workers);
    expect(await library.work(signal, "w2")).toBe(work);
    expect(workers.recorded.calls).toEqual(["search.open"]);
  });

  it("searches one work with what the page was searched with, and every kind of sentence in it", async () => {
    const requests: SearchRequest[] = [];
    const workers = services({
      search: {
        search: async (_signal, request) => {
          requests.push(request);
          return answer(7, 8);
        },
      },
    });
    const session = createSession(workers);
    expect(await session.library.matches(signal, work, 25)).toBeNull();
    session.openPicture(picture("a"));
    await settle();
    const before = session.state();
    expect((await session.library.matches(signal, work, 300))?.found).toHaveLength(2);
    expect(requests.at(-1)).toMatchObject({ count: 300, hiddenFlags: 0, variant: "base" });
    expect([...(requests.at(-1)?.works ?? [])]).toEqual([0, 1]);
    expect(requests.at(-1)?.query).toEqual(requests[0]?.query);
    expect(session.state()).toBe(before);
  });

  it("opens near-duplicates: the closest to the sentence's own vector that are flagged so", async () => {
    const requests: SearchRequest[] = [];
    const { duplicate } = QUALITY_FLAGS;
    const workers = services({
      search: {
        search: async (_signal, request) => {
          requests.push(request);
          if (request.scale === "text") {
            const { found, ...rest } = answer(2, 40, 9, 41, 42);
            const flags = [0, duplicate, 0, duplicate, duplicate];
            return { ...rest, found: found.map((one, at) => ({ ...one, flags: flags[at] ?? 0 })) };
          }
          const { found, vectors, ...rest } = answer(1, 2, 3);
          vectors.set([0, 0, 1, 0], DIM);
          return {
            ...rest,
            vectors,
            found: found.map((one) => ({ ...one, similar: one.row === 2 ? 2 : 0 })),
          };
        },
      },
    });
    const session = createSession(workers);
    session.openPicture(picture("a"));
    await settle();
    const similar = await session.library.similar(signal, 2);
    expect(similar.map(({ row }) => row)).toEqual([40, 41]);
    expect(requests.at(-1)?.query).toEqual(Float32Array.of(0, 0, 1, 0));
    expect((requests.at(-1)?.hiddenFlags ?? 0) & duplicate).toBe(0);
    expect(await session.library.similar(signal, 1)).toEqual([]);
    expect(await session.library.similar(signal, 99)).toEqual([]);
  });

  it("compares nothing across two models, and leaves a change of model to be taken back", async () => {
    const requests: SearchRequest[] = [];
    const reading = deferred<EncodedPicture>();
    let passes = 0;
    const workers = services({
      encoder: {
        encodePicture: async (_signal, _blob, options) => {
          passes += 1;
          return passes === 1 ? encoded("a", options) : await reading.promise;
        },
      },
      search: {
        search: async (_signal, request) => {
          requests.push(request);
          const { found, ...rest } = answer(1, 2);
          return { ...rest, found: found.map((one) => ({ ...one, similar: 1 })) };
        },
      },
    });
    const session = createSession(workers);
    session.openPicture(picture("a"));
    await settle();
    session.chooseModel({ kind: "made", packId: "clip-1", name: "CLIP" });
    await settle();
    const before = requests.length;
    expect(await session.library.matches(signal, work, 25)).toBeNull();
    expect(await session.library.similar(signal, 1)).toEqual([]);
    expect(requests).toHaveLength(before);
    session.cancel();
    expect(session.model()).toEqual(DEMO_CHOICE);
  });
});
