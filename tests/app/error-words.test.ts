import { describe, expect, it, vi } from "vitest";
import { errorWords } from "../../src/app/error-words.ts";
import type { AppErrorDetail } from "../../src/core/errors.ts";

const url = "https://example.org/edition/codes-abc.bin";
const file = "codes-abc.bin";
const everyError: readonly AppErrorDetail[] = [
  { code: "picture-missing", from: "drop" },
  { code: "picture-missing", from: "clipboard" },
  { code: "picture-empty" },
  { code: "picture-unreadable", mediaType: "image/png" },
  { code: "picture-unreadable", mediaType: "" },
  { code: "picture-too-large", width: 20000, height: 10000, limitPixels: 100_000_000 },
  { code: "picture-too-thin", width: 30000, height: 2 },
  { code: "picture-format", format: "TIFF" },
  { code: "picture-format", format: "SVG" },
  { code: "network", url },
  { code: "http-status", url, status: 500 },
  { code: "range-ignored", url },
  { code: "short-read", url, expected: 2000, received: 100 },
  { code: "hash-mismatch", file },
  { code: "edition-version", found: 3, supported: 1 },
  { code: "edition-version", found: 1, supported: 3 },
  { code: "edition-corrupt", file, why: "the header is short" },
  { code: "model-mismatch", edition: "Sample", model: "Demo encoder" },
  { code: "pack-version", found: 3, supported: 1 },
  { code: "pack-corrupt", file, why: "not JSON" },
  { code: "weights-invalid", file, why: "a value is not a number" },
  { code: "self-test-failed", provider: "webgpu", error: 0.5 },
  { code: "device-lost", reason: "destroyed" },
  { code: "session-failed", stage: "trunk", why: "out of memory" },
  { code: "worker-crashed", worker: "encoder", why: "killed" },
  { code: "worker-crashed", worker: "search", why: "killed" },
  { code: "worker-crashed", worker: "converter", why: "killed" },
  { code: "text-tower-missing" },
  { code: "model-unknown", id: "clip" },
  { code: "model-gone", name: "CLIP ViT-B/32" },
  { code: "own-files-incomplete", missing: "config.json" },
  { code: "script-missing" },
  { code: "storage-full" },
  { code: "storage-failed", why: "The file is locked." },
  { code: "download-elsewhere" },
  { code: "picture-unknown", pictureId: "1" },
  { code: "invalid-argument", what: "cell 9, 9" },
  { code: "unexpected", why: "a bug" },
];

describe("errorWords", () => {
  it.each(everyError)("words $code in whole sentences, calmly", (error) => {
    const { title, sentence } = errorWords(error);
    expect(title).toMatch(/^[A-Z“][^.!?]+$/);
    expect(sentence).toMatch(/^[A-Z“].*\.$/);
    expect(`${title} ${sentence}`).not.toMatch(/!|oops|undefined|NaN|https?:/i);
  });

  it("says what to do with a format that no browser reads", () => {
    expect(errorWords({ code: "picture-format", format: "TIFF" }).sentence).toBe(
      "The file is a TIFF. Save it as JPEG or PNG and open that.",
    );
    expect(errorWords({ code: "picture-format", format: "SVG" }).sentence).toContain("an SVG");
  });

  it("says which host it was where it was not this site", () => {
    vi.stubGlobal("location", new URL("https://site.test/page/"));
    const hub = "https://hub.test/owner/model/resolve/main/onnx/vision.onnx";
    expect(errorWords({ code: "network", url: hub })).toMatchObject({
      title: "Could not reach the host of the files",
      sentence: expect.stringContaining("vision.onnx could not be fetched from hub.test."),
    });
    expect(errorWords({ code: "http-status", url: hub, status: 403 }).sentence).toContain(
      "“hub.test” answered 403 for vision.onnx.",
    );
    const own = "https://site.test/page/models/demo/trunk.onnx";
    expect(errorWords({ code: "network", url: own }).title).toBe("Could not reach this site");
    vi.unstubAllGlobals();
  });

  it("names the file rather than the whole address", () => {
    expect(errorWords({ code: "http-status", url, status: 500 }).sentence).toBe(
      "It answered 500 for codes-abc.bin. Try again in a moment.",
    );
  });
});
