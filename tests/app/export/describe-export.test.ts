import { describe, expect, it } from "vitest";
import { dayOf, describeExport } from "../../../src/app/export/describe-export.ts";
import { createSession } from "../../../src/app/session/create-session.ts";
import { shownIn } from "../../../src/app/session/session-state.ts";
import type { EncodedPicture } from "../../../src/core/protocol.ts";
import { deferred, encoded, encoderInfo, picture, services, settle } from "../session/doubles.ts";

/** What a file of the present list would say. */
function exportOf(session: ReturnType<typeof createSession>) {
  const shown = shownIn(session.state());
  if (shown === null) throw new Error("nothing is shown");
  return describeExport({ session, shown, selection: null, date: "2026-11-29" });
}

describe("what an exported file says of its list", () => {
  it("names the model that found it, also while another one is chosen", async () => {
    const reading = deferred<EncodedPicture>();
    let passes = 0;
    const session = createSession(
      services({
        encoder: {
          open: async (_signal, { pack }) =>
            pack.kind === "url" ? encoderInfo : { ...encoderInfo, name: "CLIP", fingerprint: "f2" },
          encodePicture: async (_signal, _blob, options) => {
            passes += 1;
            return passes === 1 ? encoded("a", options) : await reading.promise;
          },
        },
      }),
    );
    session.openPicture(picture("a"));
    await settle();
    const model = { name: "Demo encoder, Base", fingerprint: "f1" };
    expect(exportOf(session).model).toEqual(model);
    session.chooseModel({ kind: "made", packId: "clip-1", name: "CLIP" });
    await settle();
    expect(session.encoder()?.name).toBe("CLIP");
    expect(exportOf(session).model).toEqual(model);
  });

  it("names what was searched in words: the filter, whether all topics were asked for, or own texts alone", async () => {
    const session = createSession(services());
    session.openPicture(picture("a"));
    await settle();
    expect(exportOf(session).filters).toEqual([]);
    const { filter } = session.state().choices;
    const topics = { wanted: ["T1", "T2"], mode: "all", unwanted: [] } as const;
    session.chooseFilter({ ...filter, topics });
    await settle();
    expect(exportOf(session).filters).toEqual(["Light", "Form", "all of these topics in one work"]);
    session.chooseFilter({ ...filter, topics, among: "own" });
    await settle();
    expect(exportOf(session).filters).toEqual(["own texts alone"]);
  });

  it("has the day where the person is, early and late", () => {
    expect(dayOf(new Date(2026, 0, 5, 0, 1))).toBe("2026-01-05");
    expect(dayOf(new Date(2026, 0, 5, 23, 59))).toBe("2026-01-05");
  });
});
