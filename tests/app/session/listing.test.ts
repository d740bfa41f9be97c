import { describe, expect, it } from "vitest";
import { createSession } from "../../../src/app/session/create-session.ts";
import { shownIn } from "../../../src/app/session/session-state.ts";
import type { SearchRequest } from "../../../src/core/protocol.ts";
import { answer, DIM, GRID, mapValues, picture, services, settle } from "./doubles.ts";

/** A session over an edition of many sentences, row by row ever further from any picture. */
async function withPicture() {
  const requests: SearchRequest[] = [];
  const explained: number[] = [];
  const workers = services({
    search: {
      search: async (_signal, request) => {
        requests.push(request);
        return answer(...Array.from({ length: request.count }, (_, row) => row));
      },
    },
    encoder: {
      explain: async (_signal, { texts }) => {
        explained.push(texts.length / DIM);
        return new Float32Array((texts.length / DIM) * GRID * GRID).fill(1);
      },
    },
  });
  const session = createSession(workers);
  session.openPicture(picture("a"));
  await settle();
  const shown = () => shownIn(session.state())?.results;
  const listed = () => shown()?.answer.found.map(({ row }) => row) ?? [];
  return { session, workers, requests, explained, shown, listed };
}

describe("the list's length", () => {
  it("is 25 at first, grows when asked to, up to 1,000, and starts short again for another query", async () => {
    const { session, requests, listed } = await withPicture();
    expect(listed()).toHaveLength(25);
    session.showMore(100);
    await settle();
    expect(listed()).toHaveLength(125);
    session.showMore(5000);
    await settle();
    expect(listed()).toHaveLength(1000);
    session.chooseRegion({ kind: "cell", row: 1, column: 1 });
    await settle();
    expect(requests.map(({ count }) => count)).toEqual([25, 125, 1000, 25]);
    session.showMore(25);
    await settle();
    session.openPicture(picture("b"));
    await settle();
    expect(listed()).toHaveLength(25);
  });

  it("computes maps for the first page ahead, and for others when one is looked at", async () => {
    const { session, explained, shown } = await withPicture();
    expect(explained).toEqual([25]);
    session.showMore(100);
    await settle();
    // The first page's are kept: the same picture, the same sentences.
    expect(explained).toEqual([25]);
    session.moveTo(60);
    session.moveTo(61);
    await settle();
    // 25 around the first; of those around the second only the one that is not on its way.
    expect(explained).toEqual([25, 25, 1]);
    expect(shown()?.maps["grad-eclip"]?.ofRows.has(60)).toBe(true);
    expect(mapValues(shown()?.maps["grad-eclip"])).toBe(51 * GRID * GRID);
    session.moveTo(60);
    await settle();
    expect(explained).toHaveLength(3);
  });
});

describe("the list's order", () => {
  it("is chosen among four times as many when varied, and keeps the true ranks", async () => {
    const { session, requests, shown } = await withPicture();
    session.chooseOrder("varied");
    await settle();
    expect(requests.at(-1)?.count).toBe(100);
    const found = shown()?.answer.found ?? [];
    expect(found).toHaveLength(25);
    expect(found.map(({ rank }) => rank)).toEqual(found.map(({ row }) => row + 1));
    expect(shown()?.answer.vectors).toHaveLength(25 * DIM);
  });
});

describe("the kinds of sentence that are searched", () => {
  it("leave out all that are flagged until they are asked for, and go back on Cancel", async () => {
    const { session, requests } = await withPicture();
    session.chooseHidden(0);
    await settle();
    expect(requests.map(({ hiddenFlags }) => hiddenFlags)).toEqual([0x3f, 0]);
    session.chooseHidden(2);
    session.cancel();
    await settle();
    expect(session.state().choices.listing.hiddenFlags).toBe(0);
  });
});
