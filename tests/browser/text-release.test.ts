import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Session } from "../../src/core/model/session.ts";
import type { OpenModelRequest } from "../../src/core/protocol.ts";
import { createEncoder, type Encoder, TEXT_IDLE_MS } from "../../workers/encoder/create-encoder.ts";
import type { IdleTimer } from "../../workers/encoder/idle-release.ts";
import { createModelOpener, type ModelOpener } from "../../workers/encoder/open-model.ts";
import { buildRandomPack } from "./random-pack.ts";

const live = new AbortController().signal;
const ignore = () => {};
const PHRASES = ["a red boat left"];
const packUrl = `${location.origin}/released-pack/`;
let pack: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
const fetched: string[] = [];

beforeAll(async () => {
  pack = await buildRandomPack();
  const network = window.fetch.bind(window);
  vi.stubGlobal("fetch", (input: string, init?: RequestInit) => {
    if (!input.startsWith(packUrl)) return network(input, init);
    fetched.push(input.slice(packUrl.length));
    const body = pack.get(input.slice(packUrl.length));
    return Promise.resolve(new Response(body ?? null, { status: body === undefined ? 404 : 200 }));
  });
});
afterAll(() => vi.unstubAllGlobals());

function request(source: OpenModelRequest["pack"]): OpenModelRequest {
  return { pack: source, providers: ["wasm"], allowSoftwareAdapter: false, safeMode: false };
}

/** An encoder whose idle time passes when the test says so, and the text sessions that it has used, in order. */
function watchedEncoder() {
  const sessions: unknown[] = [];
  let releases: Promise<unknown>[] = [];
  const inner = createModelOpener();
  const opener: ModelOpener = {
    async open(...args) {
      const model = await inner.open(...args);
      return {
        ...model,
        async openText(...textArgs) {
          const text = await model.openText(...textArgs);
          if (sessions.at(-1) !== text.session) sessions.push(text.session);
          return text;
        },
        releaseText() {
          const released = model.releaseText();
          releases.push(released);
          return released;
        },
      };
    },
  };
  let waiting: { readonly after: number; readonly work: () => void } | null = null;
  const timer: IdleTimer = {
    after(milliseconds, work) {
      const own = { after: milliseconds, work };
      waiting = own;
      return () => {
        if (waiting === own) waiting = null;
      };
    },
  };
  const passIdleTime = async () => {
    const due = waiting;
    waiting = null;
    due?.work();
    await Promise.all(releases);
    releases = [];
    return due?.after ?? null;
  };
  return { encoder: createEncoder(opener, timer), sessions, passIdleTime };
}

async function embed(encoder: Encoder): Promise<number[]> {
  return [...(await encoder.embedTexts(PHRASES, ignore, live)).base];
}

describe("the text tower", () => {
  it("is one session while phrases come, is released when none came for a minute, and comes back without a download", async () => {
    const { encoder, sessions, passIdleTime } = watchedEncoder();
    await encoder.open(request({ kind: "url", url: packUrl }), ignore, live);
    expect(await passIdleTime()).toBeNull();
    const first = await embed(encoder);
    await embed(encoder);
    expect(sessions).toHaveLength(1);
    expect(await passIdleTime()).toBe(TEXT_IDLE_MS);

    fetched.length = 0;
    expect(await embed(encoder)).toEqual(first);
    expect(sessions).toHaveLength(2);
    expect(fetched).toEqual([]);
  });

  it("lets go of its session's memory", async () => {
    const { encoder, sessions, passIdleTime } = watchedEncoder();
    await encoder.open(request({ kind: "url", url: packUrl }), ignore, live);
    await embed(encoder);
    const [session] = sessions as Session[];
    // Three tokens of the random model, 16 numbers wide.
    const run = async () =>
      session?.run({ inputs_embeds: { data: new Float32Array(48), dims: [1, 3, 16] } });
    expect((await run())?.["hidden"]?.data).toHaveLength(48);
    await passIdleTime();
    await expect(run()).rejects.toThrow();
  });

  it("of a pack that this browser holds is released and read again from there", async () => {
    const { encoder, sessions, passIdleTime } = watchedEncoder();
    const files = Object.fromEntries([...pack].map(([name, bytes]) => [name, new Blob([bytes])]));
    await encoder.open(request({ kind: "files", files }), ignore, live);
    const first = await embed(encoder);
    await passIdleTime();
    expect(await embed(encoder)).toEqual(first);
    expect(sessions).toHaveLength(2);
  });
});
