import { describe, expect, it } from "vitest";
import { sliceResponse } from "../../workers/byte-range.ts";

const whole = () => new Response(new Uint8Array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));

describe("sliceResponse", () => {
  it("answers a closed range as a server does", async () => {
    const response = await sliceResponse(whole(), "bytes=2-4");
    expect(response.status).toBe(206);
    expect(response.headers.get("Content-Range")).toBe("bytes 2-4/10");
    expect(response.headers.get("Content-Length")).toBe("3");
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([2, 3, 4]);
  });

  it("reads an open range to the end and cuts one that is too long", async () => {
    const open = await sliceResponse(whole(), "bytes=8-");
    const long = await sliceResponse(whole(), "bytes=8-99");
    expect([...new Uint8Array(await open.arrayBuffer())]).toEqual([8, 9]);
    expect(long.headers.get("Content-Range")).toBe("bytes 8-9/10");
  });

  it("refuses a range that begins after the end", async () => {
    const response = await sliceResponse(whole(), "bytes=10-12");
    expect(response.status).toBe(416);
    expect(response.headers.get("Content-Range")).toBe("bytes */10");
  });

  it("answers forms that it does not know with the whole file", async () => {
    const response = await sliceResponse(whole(), "bytes=-3");
    expect(response.status).toBe(200);
    expect((await response.arrayBuffer()).byteLength).toBe(10);
  });
});
