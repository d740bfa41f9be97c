import { describe, expect, it } from "vitest";
import type { WorkImage, WorkRecord } from "../../../src/core/edition/works-file.ts";
import { isAbort } from "../../../src/core/errors.ts";
import { describeWork, findWorkImage } from "../../../src/core/search/read-work.ts";
import { fetchWorkImage } from "../../../workers/search/fetch-work-image.ts";
import { sha256Hex } from "../../../workers/sha256-hex.ts";
import { boatPng } from "../../e2e/pictures.ts";

const png = new Uint8Array(boatPng(40, 30));
const { signal } = new AbortController();
const place = { editionUrl: "https://site.example/edition/", base: "images/" };

async function imageOf(bytes: Uint8Array<ArrayBuffer>): Promise<WorkImage> {
  const hash = (await sha256Hex(bytes)).slice(0, 16);
  return {
    file: "_page_11_Picture_3.png",
    page: 11,
    width: 40,
    height: 30,
    bytes: bytes.length,
    hash,
  };
}

const serve =
  (body: Uint8Array<ArrayBuffer>, status = 200) =>
  async () =>
    new Response(body, { status });

describe("fetchWorkImage", () => {
  it("gives the bytes that the edition names, with the type that they are", async () => {
    const blob = await fetchWorkImage(place, "W1", await imageOf(png), serve(png), signal);
    expect(blob.type).toBe("image/png");
    expect(new Uint8Array(await blob.arrayBuffer())).toEqual(png);
  });

  it("takes no other bytes, no fewer and no more", async () => {
    const image = await imageOf(png);
    const other = png.slice();
    other[60] = (other[60] ?? 0) ^ 1;
    const longer = new Uint8Array(png.length * 3);
    longer.set(png);
    for (const body of [other, png.slice(0, -1), longer, new Uint8Array(0)]) {
      await expect(fetchWorkImage(place, "W1", image, serve(body), signal)).rejects.toMatchObject({
        detail: { code: "edition-corrupt", file: image.file },
      });
    }
  });

  it("tells a missing file, no connection and a cancellation apart", async () => {
    const image = await imageOf(png);
    await expect(fetchWorkImage(place, "W1", image, serve(png, 404), signal)).rejects.toMatchObject(
      {
        detail: { code: "http-status", status: 404 },
      },
    );
    const offline = () => Promise.reject(new TypeError("failed"));
    await expect(fetchWorkImage(place, "W1", image, offline, signal)).rejects.toMatchObject({
      detail: { code: "network" },
    });
    const aborted = () => Promise.reject(new DOMException("", "AbortError"));
    await expect(fetchWorkImage(place, "W1", image, aborted, signal)).rejects.toSatisfy(isAbort);
  });
});

describe("where a picture is fetched", () => {
  it("is the folder of the work, below the edition or elsewhere, whatever names hold", async () => {
    const asked: unknown[] = [];
    const image = { ...(await imageOf(png)), file: "a/b?.png" };
    const note: typeof fetch = async (url) => {
      asked.push(url);
      return new Response(png);
    };
    await fetchWorkImage(place, "../W1", image, note, signal);
    await fetchWorkImage(
      { ...place, base: "https://images.example/x/" },
      "W1",
      image,
      note,
      signal,
    );
    expect(asked).toEqual([
      "https://site.example/edition/images/..%2FW1/a%2Fb%3F.png",
      "https://images.example/x/W1/a%2Fb%3F.png",
    ]);
  });
});

describe("a work of an edition", () => {
  it("is found by its id, with names for people, and with pictures only where their place is known", async () => {
    const image = await imageOf(png);
    const record: WorkRecord = {
      workId: "W2",
      author: "A. Author",
      year: "1999",
      title: "On <i>Light</i>",
      link: null,
      isProjectNote: false,
      citation: { id: "W2", type: "book", title: "On <i>Light</i>" },
      sentences: 7,
      topics: ["T1", "T9"],
      creators: ["jan_van_eyck"],
      images: [image],
    };
    const edition = {
      works: [{ ...record, workId: "W1" }, record],
      topicNames: { T1: "Light" },
      aliases: { jan_van_eyck: ["Jan van Eyck", "Johannes de Eyck"] },
    };
    expect(describeWork(edition, "W2", true)).toMatchObject({
      index: 1,
      sentences: 7,
      // A topic without a name is a number that nobody can read.
      topics: ["Light"],
      creators: ["Jan van Eyck"],
      images: [image],
    });
    expect(describeWork(edition, "W2", false)?.images).toEqual([]);
    expect(describeWork(edition, "W3", true)).toBeNull();
    expect(findWorkImage(edition, "W2", image.file)).toBe(image);
    for (const [work, file] of [
      ["W2", "other.png"],
      ["W3", image.file],
    ] as const) {
      expect(() => findWorkImage(edition, work, file)).toThrow(/not in this edition/);
    }
  });
});
