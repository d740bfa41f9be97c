import { afterEach, describe, expect, it } from "vitest";
import { createEncoderClient, type EncoderClient } from "../../src/client/encoder-client.ts";
import { AppError, isAbort, isAppError } from "../../src/core/errors.ts";
import type {
  EncodedPicture,
  EncoderApi,
  EncoderInfo,
  OpenModelRequest,
} from "../../src/core/protocol.ts";
import { CENTRE_VIEW, type EncodeOptions } from "../../src/core/view/view.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { createFakeWorker, type FakeWorker } from "./fake-worker.ts";

const live = new AbortController().signal;
const ignore = () => {};
const model: OpenModelRequest = {
  pack: { kind: "url", url: "/models/demo/" },
  safeMode: false,
  providers: ["webgpu", "wasm"],
  allowSoftwareAdapter: false,
};
const picture = new Blob(["picture"]);
const texts = Float32Array.of(1, 0);
let client: EncoderClient | undefined;

afterEach(() => client?.dispose());

function info(request: OpenModelRequest): EncoderInfo {
  return {
    packId: "demo",
    name: "Demo",
    variants: { base: "Base", adapted: null },
    fingerprint: "f",
    provider: request.providers[0] ?? "wasm",
    runtime: "plain",
    storage: "kept",
    dim: 2,
    grid: 1,
    hasText: true,
    hasAdapter: false,
    adapterFingerprint: null,
    vocabulary: null,
  };
}

function encoded(pictureId: string): EncodedPicture {
  const vectors = { base: Float32Array.of(1, 0), adapted: Float32Array.of(0, 1) };
  return {
    pictureId,
    width: 2,
    height: 2,
    options: CENTRE_VIEW,
    view: {
      sourceWidth: 2,
      sourceHeight: 2,
      seen: { x: 0, y: 0, width: 2, height: 2 },
      lattice: { x: 0, y: 0, width: 2, height: 2 },
      rows: 1,
      columns: 1,
    },
    whole: vectors,
    patches: vectors,
    timings: {},
  };
}

/** Workers that count their calls; `script` says what the worker of each generation (from 1) does before it answers. */
function start(script: (call: string, generation: number, worker: FakeWorker) => void = ignore) {
  const workers: FakeWorker[] = [];
  const calls: string[] = [];
  const shownAs: EncodeOptions[] = [];
  const opened: OpenModelRequest[] = [];
  const reopened: EncoderInfo[] = [];
  const spawn = (): FakeWorker => {
    const generation = workers.length + 1;
    let isOpen = false;
    let pictures = 0;
    const enter = (call: string): void => {
      calls.push(`${call}@${generation}`);
      script(call, generation, worker);
    };
    const api = {
      async open(_id, request) {
        enter("open");
        isOpen = true;
        opened.push(request);
        return info(request);
      },
      async encodePicture(_id, _picture, options) {
        enter("encode");
        shownAs.push(options);
        if (!isOpen) throw new AppError({ code: "invalid-argument", what: "no model is open" });
        pictures += 1;
        return encoded(`worker-picture-${pictures}`);
      },
      async encodeRegion(_id, { pictureId, rect }) {
        enter("region");
        const { view, whole } = encoded(pictureId);
        return { regionId: `of ${pictureId}`, rect, view, whole };
      },
      async explain(_id, request) {
        enter("explain");
        if (request.pictureId !== `worker-picture-${pictures}`) {
          throw new AppError({ code: "picture-unknown", pictureId: request.pictureId });
        }
        return Float32Array.of(generation);
      },
      async embedTexts() {
        enter("embed");
        return { base: new Float32Array(2), adapted: new Float32Array(2), isCut: [false] };
      },
      cancel: ignore,
      addText: () => Promise.resolve(),
    } satisfies EncoderApi;
    const worker = createFakeWorker(api);
    workers.push(worker);
    return worker;
  };
  const created = createEncoderClient({ spawn, onReopened: (next) => reopened.push(next) });
  client = created;
  return { client: created, workers, calls, shownAs, opened, reopened };
}

const explainRequest = (pictureId: string) =>
  ({ pictureId, regionId: null, variant: "base", method: "grad-eclip", texts }) as const;

describe("createEncoderClient", () => {
  it("opens, encodes and explains in one worker", async () => {
    const { client: encoder, calls } = start();
    expect((await encoder.open(live, model, ignore)).provider).toBe("webgpu");
    const { pictureId } = await encoder.encodePicture(live, picture, CENTRE_VIEW, ignore);
    expect(await encoder.explain(live, explainRequest(pictureId))).toEqual(Float32Array.of(1));
    expect(calls).toEqual(["open@1", "encode@1", "explain@1"]);
  });

  it("opens the model and shows the picture once where several calls lost their worker", async () => {
    const { client: encoder, calls } = start((call, generation, worker) => {
      if (call === "explain" && generation === 1) worker.crash("killed");
    });
    await encoder.open(live, model, ignore);
    const { pictureId } = await encoder.encodePicture(live, picture, CENTRE_VIEW, ignore);
    const request = explainRequest(pictureId);
    const rect = { x: 0, y: 0, width: 1, height: 1 };
    const [first, second, region] = await Promise.all([
      encoder.explain(live, request),
      encoder.explain(live, request),
      encoder.encodeRegion(live, { pictureId, rect }),
      encoder.embedTexts(live, ["a"], ignore),
    ]);
    expect([first, second]).toEqual([Float32Array.of(2), Float32Array.of(2)]);
    expect(region.regionId).toBe("of worker-picture-1");
    const inSecond = calls.filter((call) => call === "open@2" || call === "encode@2");
    expect(inSecond).toEqual(["open@2", "encode@2"]);
  });

  it("repeats the request on the processor after a lost GPU device, and says so", async () => {
    const {
      client: encoder,
      calls,
      opened,
      reopened,
    } = start((call, generation) => {
      if (call === "encode" && generation === 1) {
        throw new AppError({ code: "device-lost", reason: "driver reset" });
      }
    });
    await encoder.open(live, model, ignore);
    const result = await encoder.encodePicture(live, picture, CENTRE_VIEW, ignore);
    expect(result.whole.base).toEqual(Float32Array.of(1, 0));
    expect(calls).toEqual(["open@1", "encode@1", "open@2", "encode@2"]);
    expect(opened.map((request) => request.providers)).toEqual([["webgpu", "wasm"], ["wasm"]]);
    expect(reopened.map(({ provider }) => provider)).toEqual(["wasm"]);
  });

  it("opens a pack that the browser holds again with the same files, and with those that joined it", async () => {
    let dies = true;
    const { client: encoder, opened } = start((call, generation, worker) => {
      if (call === "encode" && generation === 1 && dies) {
        dies = false;
        worker.crash("killed");
      }
    });
    const files = { "manifest.json": new Blob(["vision"]), "trunk.data": new Blob(["weights"]) };
    await encoder.open(live, { ...model, pack: { kind: "files", files } }, ignore);
    const text = { "manifest.json": new Blob(["both"]), "text.data": new Blob(["text"]) };
    await encoder.addText(live, text);
    await encoder.encodePicture(live, picture, CENTRE_VIEW, ignore);
    const held = opened.map(({ pack }) => (pack.kind === "files" ? pack.files : {}));
    expect(held.map((pack) => Object.keys(pack))).toEqual([
      ["manifest.json", "trunk.data"],
      ["manifest.json", "trunk.data", "text.data"],
    ]);
    expect(await held[1]?.["manifest.json"]?.text()).toBe("both");
  });

  it("stays on the processor for models that are opened later", async () => {
    const { client: encoder, opened } = start((call, generation) => {
      if (call === "encode" && generation === 1) {
        throw new AppError({ code: "device-lost", reason: "driver reset" });
      }
    });
    await encoder.open(live, model, ignore);
    await encoder.encodePicture(live, picture, CENTRE_VIEW, ignore);
    await encoder.open(live, { ...model, pack: { kind: "url", url: "/models/clip/" } }, ignore);
    expect(opened.at(-1)).toMatchObject({ pack: { url: "/models/clip/" }, providers: ["wasm"] });
  });

  it("gives up where the GPU was the only provider asked for", async () => {
    const { client: encoder, workers } = start((call) => {
      if (call === "encode") throw new AppError({ code: "device-lost", reason: "gone" });
    });
    await encoder.open(live, { ...model, providers: ["webgpu"] }, ignore);
    const error = await encoder
      .encodePicture(live, picture, CENTRE_VIEW, ignore)
      .catch((e: unknown) => e);
    expect(isAppError(error, "device-lost")).toBe(true);
    expect(workers).toHaveLength(1);
  });

  it("shows the picture to a new worker again before that explains it", async () => {
    const { client: encoder, workers, calls } = start();
    await encoder.open(live, model, ignore);
    const { pictureId } = await encoder.encodePicture(live, picture, CENTRE_VIEW, ignore);
    workers[0]?.crash("killed");
    expect(await encoder.explain(live, explainRequest(pictureId))).toEqual(Float32Array.of(2));
    expect(await encoder.explain(live, explainRequest(pictureId))).toEqual(Float32Array.of(2));
    expect(calls.slice(2)).toEqual(["open@2", "encode@2", "explain@2", "explain@2"]);
  });

  it("shows a new worker the picture in the same view before that embeds a part of it", async () => {
    const { client: encoder, workers, calls, shownAs } = start();
    await encoder.open(live, model, ignore);
    const view = { framing: { kind: "tiles" }, fineness: 2 } as const;
    const { pictureId } = await encoder.encodePicture(live, picture, view, ignore);
    const rect = { x: 0, y: 0, width: 1, height: 1 };
    expect(await encoder.encodeRegion(live, { pictureId, rect })).toMatchObject({ rect });
    workers[0]?.crash("killed");
    const region = await encoder.encodeRegion(live, { pictureId, rect });
    expect(region.regionId).toBe("of worker-picture-1");
    expect(calls.slice(2)).toEqual(["region@1", "open@2", "encode@2", "region@2"]);
    expect(shownAs).toEqual([view, view]);
    const other = encoder.encodeRegion(live, { pictureId: "picture-9", rect });
    expect(isAppError(await other.catch((e: unknown) => e), "picture-unknown")).toBe(true);
  });

  it("repeats a request once when the worker dies under it, and then gives up", async () => {
    const { client: encoder, workers } = start((call, _generation, worker) => {
      if (call === "encode") worker.crash("killed");
    });
    await encoder.open(live, model, ignore);
    const error = await encoder
      .encodePicture(live, picture, CENTRE_VIEW, ignore)
      .catch((e: unknown) => e);
    expect(isAppError(error, "worker-crashed")).toBe(true);
    expect(workers).toHaveLength(2);
  });

  it("works with the next picture after a worker died twice", async () => {
    const { client: encoder } = start((call, generation, worker) => {
      if (call === "encode" && generation <= 2) worker.crash("killed");
    });
    await encoder.open(live, model, ignore);
    await encoder.encodePicture(live, picture, CENTRE_VIEW, ignore).catch(ignore);
    expect((await encoder.encodePicture(live, picture, CENTRE_VIEW, ignore)).width).toBe(2);
  });

  it("does not repeat what failed for a reason of its own, or what was cancelled", async () => {
    const { client: encoder, calls } = start((call) => {
      if (call === "encode") throw new AppError({ code: "picture-empty" });
    });
    await encoder.open(live, model, ignore);
    const error = await encoder
      .encodePicture(live, picture, CENTRE_VIEW, ignore)
      .catch((e: unknown) => e);
    expect(isAppError(error, "picture-empty")).toBe(true);
    const aborted = encoder.encodePicture(AbortSignal.abort(), picture, CENTRE_VIEW, ignore);
    expect(isAbort(await aborted.catch((e: unknown) => e))).toBe(true);
    expect(calls).toEqual(["open@1", "encode@1"]);
  });

  it("explains no picture but the last, whatever a new worker calls its own", async () => {
    const { client: encoder } = start();
    await encoder.open(live, model, ignore);
    const first = await encoder.encodePicture(live, picture, CENTRE_VIEW, ignore);
    const second = await encoder.encodePicture(live, picture, CENTRE_VIEW, ignore);
    expect(first.pictureId).not.toBe(second.pictureId);
    const error = await encoder
      .explain(live, explainRequest(first.pictureId))
      .catch((e: unknown) => e);
    expect(isAppError(error, "picture-unknown")).toBe(true);
  });

  it("embeds phrases, in a new worker after the model was opened there", async () => {
    const { client: encoder, workers, calls } = start();
    await encoder.open(live, model, ignore);
    workers[0]?.crash("killed");
    const vectors = await encoder.embedTexts(live, ["a boat"], ignore);
    await waitFor(() => expect(vectors.base).toHaveLength(2));
    expect(calls).toEqual(["open@1", "open@2", "embed@2"]);
  });
});
