import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import {
  ARTEFACT_EDITION,
  ARTEFACT_PAINTINGS,
  ARTEFACT_SAMPLE,
  buildArtefactSample,
  hasArtefactSample,
} from "../../scripts/artefact-sample.ts";
import { readManifest } from "../../scripts/build-index/open-folder.ts";
import { type NodeEncoder, openPackInNode } from "../../scripts/build-model/node-sessions.ts";
import { frameFromPixels } from "../../src/core/image/preprocess.ts";
import { centreFrame } from "../../src/core/view/frame.ts";
import { dropFile, expect, expectResults, openSite, shownRows, test } from "./fixtures.ts";

const PACK = fileURLToPath(new URL("../../public/models/demo", import.meta.url));
const COUNT = 25;
/** Page and Node add up the same numbers on different builds of one runtime; scores this close may change places. */
const SCORE_NOISE = 2e-6;
/** Embedding 13,376 sentences in Node takes most of a minute on one core, more beside other work. */
const BUILD_TIMEOUT_MS = 600_000;
const { signal } = new AbortController();

interface ExactMatch {
  readonly row: number;
  readonly score: number;
}

test.use({ serviceWorkers: "block", overlays: { "/edition/sample/": ARTEFACT_EDITION } });

test.describe("over 13,376 real sentences", () => {
  test.skip(!hasArtefactSample(), `the real data is not at ${ARTEFACT_SAMPLE}`);
  let encoder: NodeEncoder;
  let exact: ExactSearch;

  test.beforeAll(async () => {
    test.setTimeout(BUILD_TIMEOUT_MS);
    await buildArtefactSample(() => undefined, signal);
    // What the page computes with on the processor: another runtime rounds otherwise, and close scores change places.
    encoder = await openPackInNode(PACK, "kernel");
    exact = await openExactSearch();
  });

  for (const painting of ARTEFACT_PAINTINGS) {
    test(`finds for ${painting} what exact search finds`, async ({ page, site }) => {
      const path = join(ARTEFACT_SAMPLE, "paintings", painting);
      await openSite(page, site);
      await dropFile(page, painting, "image/jpeg", await readFile(path));
      // set once every row was scored and the exact re-rank is done, when the list is final
      await page.waitForFunction(
        () => performance.getEntriesByName("results-shown").length > 0,
        undefined,
        { timeout: 60_000 },
      );
      await expectResults(page, painting);
      const models = page.getByRole("group", { name: "Model" }).getByRole("radio");
      await models.first().check({ force: true });
      await expectResults(page, painting);
      const shown = (await shownRows(page)).map(Number);

      const query = await encodeAsThePage(page, encoder, path);
      const matches = exact.closest(query, COUNT + 5);
      const scoreOf = new Map(matches.map(({ row, score }) => [row, score]));
      const last = matches[COUNT - 1]?.score ?? Number.NaN;
      let previous = Number.POSITIVE_INFINITY;
      for (const [index, row] of shown.entries()) {
        const score = scoreOf.get(row);
        expect(score, `row ${row}, shown at rank ${index + 1}`).toBeDefined();
        expect(score ?? 0).toBeGreaterThanOrEqual(last - SCORE_NOISE);
        expect(score ?? 0).toBeLessThanOrEqual(previous + SCORE_NOISE);
        previous = score ?? 0;
      }
      expect(new Set(shown).size).toBe(COUNT);
    });
  }
});

interface ExactSearch {
  closest(query: Float32Array, count: number): ExactMatch[];
}

/**
 * Exact search by the plainest means: every f32 row against the query, all sorted. Rows with a quality flag are left out,
 * as the page leaves them out unless it is asked; the flags are the last two bytes of a row's record in `bywork`.
 */
async function openExactSearch(): Promise<ExactSearch> {
  const manifest = await readManifest(ARTEFACT_EDITION);
  const bytes = await readFile(join(ARTEFACT_EDITION, manifest.files.rows?.name ?? ""));
  const rows = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  const records = await readFile(join(ARTEFACT_EDITION, manifest.files.bywork.name));
  const bytesPerRow = records.length / manifest.sentences;
  const flagsOf = (row: number) => records.readUInt16LE((row + 1) * bytesPerRow - 2);
  const { dim } = manifest;
  const all = Array.from({ length: manifest.sentences }, (_, row) => row);
  const good = all.filter((row) => flagsOf(row) === 0);
  expect(good.length).toBeLessThan(all.length);
  return {
    closest(query, count) {
      const matches = good.map((row) => {
        let score = 0;
        for (let i = 0; i < dim; i += 1) score += (rows[row * dim + i] ?? 0) * (query[i] ?? 0);
        return { row, score };
      });
      return matches.sort((one, other) => other.score - one.score).slice(0, count);
    },
  };
}

/** The query vector of a picture, computed in Node from the pixels that this browser decodes. */
async function encodeAsThePage(
  page: Page,
  encoder: NodeEncoder,
  path: string,
): Promise<Float32Array> {
  const jpeg = (await readFile(path)).toString("base64");
  const decoded = await page.evaluate(async (base64) => {
    const file = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([file], { type: "image/jpeg" }), {
      imageOrientation: "from-image",
      colorSpaceConversion: "none",
      premultiplyAlpha: "none",
    });
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext("2d");
    if (context === null) throw new Error("no canvas");
    context.drawImage(bitmap, 0, 0);
    const rgba = context.getImageData(0, 0, width, height).data;
    let text = "";
    for (let i = 0; i < rgba.length; i += 4) {
      text += String.fromCharCode(rgba[i] ?? 0, rgba[i + 1] ?? 0, rgba[i + 2] ?? 0);
    }
    return { width, height, rgb: btoa(text) };
  }, jpeg);
  const rgb = new Uint8Array(Buffer.from(decoded.rgb, "base64"));
  const { width, height } = decoded;
  const frame = centreFrame(width, height, encoder.manifest.imageSize);
  const crop = frameFromPixels(rgb, width, height, frame, [0, 0, 0]);
  const { whole } = await encoder.encodeImage(crop, signal);
  return whole.base;
}
