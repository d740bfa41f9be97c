import { createServer, type RequestListener, type Server } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { isAppError } from "../../../src/core/errors.ts";
import { downloadBytes } from "../../../workers/encoder/download.ts";

const live = new AbortController().signal;
let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(listener: RequestListener): Promise<string> {
  const created = createServer(listener);
  server = created;
  await new Promise<void>((resolve) => created.listen(0, "127.0.0.1", resolve));
  const address = created.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return `http://127.0.0.1:${address.port}/file`;
}

const caught = (work: Promise<unknown>) => work.catch((error: unknown) => error);

describe("downloadBytes", () => {
  it("gives the whole file and counts its bytes as they come", async () => {
    const url = await serve((_, response) => {
      response.write(new Uint8Array(1000).fill(1));
      setTimeout(() => response.end(new Uint8Array(500).fill(2)), 20);
    });
    const counts: number[] = [];
    const bytes = await downloadBytes(url, { signal: live }, (loaded) => counts.push(loaded));
    expect(bytes).toHaveLength(1500);
    expect([bytes[0], bytes[1499]]).toEqual([1, 2]);
    expect(counts.at(-1)).toBe(1500);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  });

  it("gives the same bytes where their number was promised, and announced by the server", async () => {
    const content = Uint8Array.from({ length: 200_000 }, (_, i) => i % 251);
    const url = await serve((_, response) => {
      response.writeHead(200, { "content-length": String(content.length) }).end(content);
    });
    const bytes = await downloadBytes(url, { signal: live, limit: content.length });
    expect(bytes).toEqual(content);
    expect(bytes.buffer.byteLength).toBe(content.length);
  });

  it.each([404, 500])("ends with the status where the server answers %i", async (status) => {
    const url = await serve((_, response) => response.writeHead(status).end("no"));
    expect(await caught(downloadBytes(url, { signal: live }))).toMatchObject({
      detail: { code: "http-status", status, url },
    });
  });

  it("ends with network where the server stops half-way", async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write(new Uint8Array(400), () => response.destroy());
    });
    expect(isAppError(await caught(downloadBytes(url, { signal: live })), "network")).toBe(true);
  });

  it("ends with network where there is no server", async () => {
    const url = await serve(() => {});
    server?.close();
    expect(isAppError(await caught(downloadBytes(url, { signal: live })), "network")).toBe(true);
  });

  it("breaks off an answer that is longer than it may be", async () => {
    const url = await serve((_, response) => response.end(new Uint8Array(2000)));
    const error = await caught(downloadBytes(url, { signal: live, limit: 1000 }));
    expect(isAppError(error, "short-read")).toBe(true);
  });

  it("stops when it is cancelled, before and during the download", async () => {
    const url = await serve((_, response) => {
      response.write(new Uint8Array(100));
    });
    const before = await caught(downloadBytes(url, { signal: AbortSignal.abort() }));
    expect(before).toMatchObject({ name: "AbortError" });
    const controller = new AbortController();
    const during = caught(
      downloadBytes(url, { signal: controller.signal }, () => controller.abort()),
    );
    expect(await during).toMatchObject({ name: "AbortError" });
  });
});
