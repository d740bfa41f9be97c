import { describe, expect, it } from "vitest";
import { guardEncoder } from "../../../src/app/safe-start/guard-encoder.ts";
import type { EncoderClient } from "../../../src/client/encoder-client.ts";
import type { OpenModelRequest } from "../../../src/core/protocol.ts";
import { encoded, encoderInfo } from "../session/doubles.ts";

const live = new AbortController().signal;
const ignore = () => {};
const request: OpenModelRequest = {
  pack: { kind: "url", url: "models/demo/" },
  providers: ["webgpu", "wasm"],
  allowSoftwareAdapter: false,
  safeMode: false,
};

function start(isSafe: boolean) {
  const opened: OpenModelRequest[] = [];
  let marked = 0;
  const client: EncoderClient = {
    open: async (_signal, given) => {
      opened.push(given);
      return encoderInfo;
    },
    encodePicture: async () => encoded("p"),
    encodeRegion: () => Promise.reject(new Error("not expected")),
    explain: async () => new Float32Array(1),
    embedTexts: () => Promise.reject(new Error("not expected")),
    addText: () => Promise.resolve(),
    dispose: ignore,
  };
  const guarded = guardEncoder(client, {
    ready: Promise.resolve(),
    isSafe: () => isSafe,
    leave: ignore,
    during: (work) => {
      marked += 1;
      return work();
    },
  });
  return { guarded, opened, marked: () => marked };
}

describe("guardEncoder", () => {
  it("opens models as carefully as the last visit's end asks for", async () => {
    for (const isSafe of [true, false]) {
      const { guarded, opened } = start(isSafe);
      await guarded.open(live, request, ignore);
      expect(opened).toEqual([{ ...request, safeMode: isSafe }]);
    }
  });

  it("marks the opening of a model and the encoding of a picture, and nothing lighter", async () => {
    const { guarded, marked } = start(false);
    await guarded.open(live, request, ignore);
    await guarded.encodePicture(live, new Blob(), encoded("p").options, ignore);
    expect(marked()).toBe(2);
    await guarded.explain(live, {
      pictureId: "p",
      regionId: null,
      variant: "base",
      method: "gradient",
      texts: new Float32Array(1),
    });
    expect(marked()).toBe(2);
  });
});
