import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";

/** What the server does wrong. */
export type ServerMode =
  | "ok"
  | "ignores-range"
  | "status-500"
  | "status-429"
  | "stops-half-way"
  | "wrong-bytes"
  | "wrong-range"
  | "truncated-file"
  | "redirects"
  /** Compresses the bytes of a range on the way. */
  | "gzip-range"
  /** Takes ranges for those of the compressed file. */
  | "range-of-gzip"
  | "offline";

/** A server of files in memory on the loopback interface. */
export interface RangeServer {
  /** Ends in "/". */
  readonly url: string;
  /** How it behaves from the next request on; the manifest is always served as it should be, unless offline. */
  mode: ServerMode;
  /** Requests that fail in the way of `mode` before it behaves again; infinite unless set. */
  failures: number;
  /** Path and Range header of every request, in order. */
  readonly requests: { readonly path: string; readonly range: string | null }[];
  /** Bytes sent in bodies. */
  bytes(): number;
  /** Most requests that were open at once. */
  peak(): number;
  /** Forgets what was counted. */
  reset(): void;
  close(): Promise<void>;
}

/** A file as a server in this mode has it. */
function served(content: Uint8Array, mode: ServerMode): Uint8Array {
  if (mode === "range-of-gzip") return new Uint8Array(gzipSync(content));
  return mode === "truncated-file" ? content.subarray(0, content.length >> 1) : content;
}

/** Serves `files` (name -> content) with Range, on any free port unless one is wanted; every answer carries CORS headers, so that a browser test may ask. */
export async function startRangeServer(
  files: ReadonlyMap<string, Uint8Array>,
  wantedPort = 0,
): Promise<RangeServer> {
  let bytes = 0;
  let open = 0;
  let peak = 0;
  const server = createServer((request, response) => {
    open++;
    peak = Math.max(peak, open);
    response.on("close", () => open--);
    answer(request, response);
  });

  const send = (response: ServerResponse, status: number, body: Uint8Array, headers = {}) => {
    bytes += body.length;
    response.writeHead(status, { "Content-Length": body.length, ...headers });
    response.end(body);
  };

  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://host");
    const range = request.headers.range ?? null;
    handle.requests.push({ path: pathname + (searchParams.has("signed") ? "?signed" : ""), range });
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("Access-Control-Allow-Headers", "Range");
    response.setHeader("Access-Control-Expose-Headers", "Content-Range");
    if (request.method === "OPTIONS") return send(response, 204, new Uint8Array(0));
    const isManifest = pathname.endsWith("manifest.json");
    const fails = handle.failures > 0 && (!isManifest || handle.mode === "offline");
    const mode = fails ? handle.mode : "ok";
    const isWrong = mode !== "ok" && mode !== "redirects" && mode !== "gzip-range";
    if (isWrong) handle.failures--;
    const content = files.get(pathname.slice(1));
    if (mode === "offline") return void response.destroy();
    if (content === undefined) return send(response, 404, new Uint8Array(0));
    if (mode === "status-500") return send(response, 500, new Uint8Array(0));
    if (mode === "status-429") {
      return send(response, 429, new Uint8Array(0), { "Retry-After": "0" });
    }
    if (mode === "redirects" && !searchParams.has("signed")) {
      return send(response, 302, new Uint8Array(0), { Location: `${pathname}?signed=1` });
    }
    const file = served(content, mode);
    const match = /^bytes=(\d+)-(\d+)$/.exec(range ?? "");
    const isWhole = match === null || mode === "ignores-range";
    const start = isWhole ? 0 : Number(match[1]);
    const end = isWhole ? file.length : Math.min(Number(match[2]) + 1, file.length);
    if (start >= file.length) {
      return send(response, 416, new Uint8Array(0), { "Content-Range": `bytes */${file.length}` });
    }
    let body = file.slice(start, end);
    if (mode === "wrong-bytes") body = body.map((byte) => byte ^ 0x5a);
    if (mode === "stops-half-way") {
      response.writeHead(isWhole ? 200 : 206, {
        "Content-Length": body.length,
        "Content-Range": `bytes ${start}-${end - 1}/${file.length}`,
      });
      response.write(body.subarray(0, body.length >> 1), () => response.destroy());
      return;
    }
    if (mode === "gzip-range" || mode === "range-of-gzip") {
      response.setHeader("Content-Encoding", "gzip");
    }
    if (mode === "gzip-range") body = new Uint8Array(gzipSync(body));
    if (isWhole) return send(response, 200, body);
    const first = mode === "wrong-range" ? start + 1 : start;
    const last = first + end - start - 1;
    const header = { "Content-Range": `bytes ${first}-${last}/${file.length}` };
    send(response, 206, body, header);
  };

  await new Promise<void>((resolve) => {
    server.listen(wantedPort, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const handle: RangeServer = {
    url: `http://127.0.0.1:${port}/`,
    mode: "ok",
    failures: Number.POSITIVE_INFINITY,
    requests: [],
    bytes: () => bytes,
    peak: () => peak,
    reset() {
      handle.requests.length = 0;
      bytes = 0;
      peak = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return handle;
}
