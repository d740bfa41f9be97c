import { createRoot, createSignal } from "solid-js";
import { describe, expect, it } from "vitest";
import { createSession } from "../../../src/app/session/create-session.ts";
import { createMatches } from "../../../src/app/work/create-matches.ts";
import type { SearchAnswer, WorkDetail } from "../../../src/core/protocol.ts";
import { answer, type Deferred, deferred, picture, services, settle } from "../session/doubles.ts";

function workOf(workId: string): WorkDetail {
  const work = { ...answer(1).found[0]?.work, workId } as WorkDetail["work"];
  return { work, index: 1, sentences: 60, topics: [], creators: [], images: [] };
}

/** A page with a picture, and the searches of a work that the test answers. */
async function setUp() {
  const searches: Deferred<SearchAnswer>[] = [];
  const session = createSession(
    services({
      search: {
        search: async (_signal, { works }) => {
          if (works === undefined) return answer(1, 2, 3);
          const search = deferred<SearchAnswer>();
          searches.push(search);
          return await search.promise;
        },
      },
    }),
  );
  session.openPicture(picture("a"));
  await settle();
  const [work, setWork] = createSignal<WorkDetail | null>(workOf("w1"));
  const matches = createRoot(() => createMatches(session, work));
  await settle();
  return { session, searches, matches, setWork };
}

describe("the matches of a work", () => {
  it("are those of the work and the question that stand on the page, never those before", async () => {
    const { session, searches, matches, setWork } = await setUp();
    searches[0]?.resolve(answer(7, 8));
    await settle();
    expect(matches.answer()?.found).toHaveLength(2);
    expect([matches.isSearching(), matches.hasMore()]).toEqual([false, true]);
    setWork(workOf("w2"));
    await settle();
    expect([matches.answer(), matches.isSearching()]).toEqual([null, true]);
    searches[1]?.resolve(answer(9));
    await settle();
    expect(matches.answer()?.found).toHaveLength(1);
    session.chooseRegion({ kind: "cell", row: 1, column: 1 });
    await settle();
    expect([matches.answer(), searches.length]).toEqual([null, 3]);
  });

  it("are not searched anew for a look at a sentence, and stand while more of them are searched", async () => {
    const { session, searches, matches } = await setUp();
    searches[0]?.resolve(answer(7, 8));
    await settle();
    session.moveTo(2);
    session.pin(3);
    await settle();
    expect(searches).toHaveLength(1);
    matches.showMore(25);
    await settle();
    expect(matches.answer()?.found).toHaveLength(2);
    expect([matches.isSearching(), searches.length]).toEqual([true, 2]);
  });

  it("can be searched once more after an error", async () => {
    const { searches, matches } = await setUp();
    searches[0]?.reject(new Error("offline"));
    await settle();
    expect([matches.error(), matches.isSearching()]).toEqual([new Error("offline"), false]);
    matches.retry();
    await settle();
    expect([matches.error(), matches.isSearching()]).toEqual([undefined, true]);
    searches[1]?.resolve(answer(7));
    await settle();
    expect(matches.answer()?.found).toHaveLength(1);
  });

  it("are not searched for any more where the work is gone", async () => {
    const { matches, setWork } = await setUp();
    expect(matches.isSearching()).toBe(true);
    setWork(null);
    await settle();
    expect([matches.answer(), matches.isSearching()]).toEqual([null, false]);
  });
});
