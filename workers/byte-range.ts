/**
 * Cuts the answer to a single `bytes=a-b` or `bytes=a-` request out of a whole file, as a server would
 * (RFC 9110 §14). Any other form is answered with the whole file, which HTTP allows.
 */
export async function sliceResponse(whole: Response, rangeHeader: string): Promise<Response> {
  const match = /^bytes=(\d+)-(\d*)$/.exec(rangeHeader);
  if (match === null) return whole;
  const blob = await whole.blob();
  const start = Number(match[1]);
  const end = match[2] === "" ? blob.size : Math.min(Number(match[2]) + 1, blob.size);
  const headers = new Headers(whole.headers);
  if (start >= end) {
    headers.set("Content-Range", `bytes */${blob.size}`);
    return new Response(null, { status: 416, headers });
  }
  headers.set("Content-Range", `bytes ${start}-${end - 1}/${blob.size}`);
  headers.set("Content-Length", String(end - start));
  return new Response(blob.slice(start, end), { status: 206, headers });
}
