import { beforeAll, describe, expect, it } from "vitest";
import { isAppError } from "../../src/core/errors.ts";
import {
  MANIFEST_FILE,
  PART_FILES,
  type PackManifest,
  parsePackManifest,
} from "../../src/core/model/pack-manifest.ts";
import type { OpenModelRequest } from "../../src/core/protocol.ts";
import { createEncoder } from "../../workers/encoder/create-encoder.ts";
import { buildRandomPack } from "./random-pack.ts";

const live = new AbortController().signal;
const ignore = () => {};
let blobs: Record<string, Blob>;
let manifest: PackManifest;

beforeAll(async () => {
  const pack = await buildRandomPack("q8");
  blobs = Object.fromEntries([...pack].map(([name, bytes]) => [name, new Blob([bytes])]));
  const text = new TextDecoder().decode(pack.get(MANIFEST_FILE));
  manifest = parsePackManifest(JSON.parse(text));
});

function asBlob(changed: PackManifest): Blob {
  return new Blob([JSON.stringify({ format: "artefact-pack", version: 2, ...changed })]);
}

/** The pack as it is before its text part was made. */
function withoutText(): Record<string, Blob> {
  const files = manifest.files.filter(({ part }) => part === "vision");
  const rest = Object.entries(blobs).filter(([name]) => !PART_FILES.text.includes(name));
  const vision = { ...manifest, text: null, textFingerprint: null, files };
  return { ...Object.fromEntries(rest), [MANIFEST_FILE]: asBlob(vision) };
}

function request(files: Record<string, Blob>): OpenModelRequest {
  return {
    pack: { kind: "files", files },
    providers: ["wasm"],
    allowSoftwareAdapter: false,
    safeMode: false,
  };
}

const caught = (work: Promise<unknown>) => work.catch((error: unknown) => error);

describe("the text part of a pack", () => {
  it("may be missing, and can be added to the open model", async () => {
    const whole = createEncoder();
    expect(await whole.open(request(blobs), ignore, live)).toMatchObject({ hasText: true });
    const expected = await whole.embedTexts(["a red boat"], ignore, live);
    const encoder = createEncoder();
    const info = await encoder.open(request(withoutText()), ignore, live);
    expect(info).toMatchObject({ hasText: false, hasAdapter: true });
    const early = await caught(encoder.embedTexts(["a red boat"], ignore, live));
    expect(isAppError(early, "text-tower-missing")).toBe(true);
    await encoder.addText(blobs);
    const later = await encoder.embedTexts(["a red boat"], ignore, live);
    expect(later.base).toEqual(expected.base);
    expect(later.adapted).toEqual(expected.adapted);
  });

  it("of another pack is refused", async () => {
    const encoder = createEncoder();
    await encoder.open(request(withoutText()), ignore, live);
    const other = { ...blobs, [MANIFEST_FILE]: asBlob({ ...manifest, packId: "another" }) };
    expect(isAppError(await caught(encoder.addText(other)), "pack-corrupt")).toBe(true);
  });

  it("is not used where it does not give its known answer", async () => {
    const { text } = manifest;
    if (text === null) throw new Error("no text part");
    const { embedding, tolerance } = text.knownAnswer;
    const knownAnswer = { embedding: embedding.toReversed(), tolerance };
    const wrong = asBlob({ ...manifest, text: { ...text, knownAnswer } });
    const encoder = createEncoder();
    await encoder.open(request({ ...blobs, [MANIFEST_FILE]: wrong }), ignore, live);
    const error = await caught(encoder.embedTexts(["a red boat"], ignore, live));
    expect(isAppError(error, "self-test-failed")).toBe(true);
  });
});
