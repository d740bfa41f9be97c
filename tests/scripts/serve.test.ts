import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serve } from "../../scripts/serve.mjs";

const bytes = Uint8Array.from({ length: 1000 }, (_, index) => index % 251);
let folder = "";
let site: { address: string; close: () => Promise<void> };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "serve-"));
  writeFileSync(join(folder, "index.html"), "<!doctype html>");
  writeFileSync(join(folder, "data.bin"), bytes);
  writeFileSync(join(folder, "_headers"), "/*\n  X-All: yes\n/data.bin\n  X-One: data\n");
  site = await serve(folder, 0);
});

afterAll(async () => {
  await site.close();
  rmSync(folder, { recursive: true });
});

const get = (path: string, range?: string): Promise<Response> =>
  fetch(new URL(path, site.address), range === undefined ? {} : { headers: { Range: range } });

describe("the static server", () => {
  it("answers a folder with its index and an unknown path with 404", async () => {
    expect((await get("/")).headers.get("content-type")).toContain("text/html");
    expect((await get("/missing.bin")).status).toBe(404);
  });

  it("answers one range with exactly those bytes", async () => {
    const response = await get("/data.bin", "bytes=10-19");
    expect(response.status).toBe(206);
    expect(response.headers.get("content-range")).toBe("bytes 10-19/1000");
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes.slice(10, 20));
  });

  it("cuts a range at the end of the file and refuses one behind it", async () => {
    const response = await get("/data.bin", "bytes=990-2000");
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes.slice(990));
    expect((await get("/data.bin", "bytes=1000-1001")).status).toBe(416);
  });

  it("answers several ranges with the whole file", async () => {
    const response = await get("/data.bin", "bytes=0-1,4-5");
    expect(response.status).toBe(200);
    expect((await response.arrayBuffer()).byteLength).toBe(1000);
  });

  it("applies the header rules that match a path", async () => {
    const response = await get("/data.bin");
    expect(response.headers.get("x-all")).toBe("yes");
    expect(response.headers.get("x-one")).toBe("data");
    expect((await get("/")).headers.get("x-one")).toBeNull();
  });

  it("covers a path by an overlay", async () => {
    const covered = await serve(folder, 0, { "/other/": folder });
    try {
      const inOverlay = await fetch(new URL("/other/data.bin", covered.address));
      expect((await inOverlay.arrayBuffer()).byteLength).toBe(1000);
      expect((await fetch(new URL("/other/missing", covered.address))).status).toBe(404);
    } finally {
      await covered.close();
    }
  });

  it("does not leave its folder", async () => {
    // fetch would tidy the path, so the request is made by hand
    const status = await new Promise<number>((resolve, reject) => {
      const { port } = new URL(site.address);
      request({ port, path: "/../../../../etc/hosts" }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
        .on("error", reject)
        .end();
    });
    expect(status).toBe(404);
  });
});
