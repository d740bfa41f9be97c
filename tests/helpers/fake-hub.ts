import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";

/** Something that goes wrong with one file; `times` says how often before all is well again, for ever unless given. */
type HubFault =
  /** The store hangs up before the byte at each of these positions of the file, once each. */
  | { readonly kind: "drop"; readonly at: number[] }
  | { readonly kind: "wrong-bytes"; times?: number }
  | { readonly kind: "longer"; times?: number }
  | { readonly kind: "shorter"; times?: number }
  /** The store answers ranges with the whole file. */
  | { readonly kind: "ignore-range"; times?: number }
  /** The store answers ranges with another range. */
  | { readonly kind: "wrong-range"; times?: number }
  /** The hub itself answers with this status. */
  | {
      readonly kind: "status";
      readonly status: number;
      readonly retryAfter?: string;
      times?: number;
    }
  /** The store refuses signatures that have not expired. */
  | { readonly kind: "refuse"; times?: number }
  /** The store goes silent before the byte at this position. */
  | { readonly kind: "stall"; readonly at: number; times?: number };

/** A request as the hub or its store got it. */
interface HubRequest {
  readonly host: "hub" | "store";
  /** Without the query. */
  readonly path: string;
  readonly range: string | null;
  readonly method: string;
}

/** A model hub on the loopback interface: an address that redirects, and a store behind signed URLs on another port. */
export interface FakeHub {
  /** Base URL, ending in "/". */
  readonly url: string;
  /** Files by `<repository>/<path>`; a test may change them. */
  readonly files: Map<string, Uint8Array>;
  /** Faults by the end of a file's path. */
  readonly faults: Map<string, HubFault>;
  /** Requests that a signed URL answers before it has expired. */
  signedUses: number;
  /** Bytes per second and connection; null for as fast as it goes. */
  throttle: number | null;
  readonly requests: HubRequest[];
  /** Bytes of bodies that the store has sent. */
  bytes(): number;
  /** Forgets what was counted. */
  reset(): void;
  close(): Promise<void>;
}

/** Files from this size on lie in the store, behind a pointer. */
const LARGE_BYTES = 64 * 1024;
/** Bytes that are sent at once. */
const SLICE_BYTES = 64 * 1024;
/** Time in which a client on this machine takes what was sent, in milliseconds. */
const TAKEN_MS = 50;
const EXPOSED =
  "X-Repo-Commit,X-Request-Id,X-Error-Code,X-Error-Message,X-Total-Count,ETag,Link,Accept-Ranges,Content-Range,X-Linked-Size,X-Linked-ETag,X-Xet-Hash";

/** Starts a hub with these files, by `<repository>/<path>`, each under every revision. */
export async function startFakeHub(files: ReadonlyMap<string, Uint8Array>): Promise<FakeHub> {
  let bytes = 0;
  let signatures = 0;
  /** Requests so far, by signature. */
  const uses = new Map<string, number>();
  const hub = createServer((request, response) => answerAsHub(request, response));
  const store = createServer((request, response) => void answerAsStore(request, response));

  const use = (fault: HubFault | undefined): void => {
    if (fault !== undefined && "times" in fault && fault.times !== undefined) fault.times -= 1;
  };
  const faultOf = (path: string): HubFault | undefined => {
    const fault = [...handle.faults].find(([end]) => path.endsWith(end))?.[1];
    return fault !== undefined && "times" in fault && fault.times === 0 ? undefined : fault;
  };
  const note = (host: HubRequest["host"], request: IncomingMessage): URL => {
    const url = new URL(request.url ?? "/", "http://host");
    const range = request.headers.range ?? null;
    handle.requests.push({ host, path: url.pathname, range, method: request.method ?? "" });
    return url;
  };

  const answerAsHub = (request: IncomingMessage, response: ServerResponse): void => {
    const url = note("hub", request);
    response.setHeader("Access-Control-Allow-Origin", request.headers.origin ?? "*");
    response.setHeader("Access-Control-Expose-Headers", EXPOSED);
    response.setHeader("Vary", "Origin");
    const match = /^\/(.+)\/(resolve|raw)\/[^/]+\/(.+)$/.exec(decodeURIComponent(url.pathname));
    const [, repository, kind, path] = match ?? [];
    const name = `${repository}/${path}`;
    const content = handle.files.get(name);
    const fault = faultOf(name);
    if (fault?.kind === "status") {
      use(fault);
      const wait = fault.retryAfter === undefined ? {} : { "Retry-After": fault.retryAfter };
      response.writeHead(fault.status, { "Content-Type": "text/plain", ...wait }).end("fault");
      return;
    }
    if (content === undefined) return void response.writeHead(404).end("Entry not found");
    if (kind === "raw") {
      response.end(content.length < LARGE_BYTES ? content : pointer(content));
      return;
    }
    if (content.length < LARGE_BYTES) {
      // As a hub does it: another address of its own, compressed where it may be.
      if (!url.searchParams.has("cached")) {
        response.writeHead(307, { Location: `${url.pathname}?cached=1` }).end();
        return;
      }
      const canUnzip = (request.headers["accept-encoding"] ?? "").includes("gzip");
      const body = canUnzip ? gzipSync(content) : content;
      if (canUnzip) response.setHeader("Content-Encoding", "gzip");
      response.setHeader("ETag", etag(content));
      bytes += body.length;
      response.end(body);
      return;
    }
    signatures += 1;
    const location = `${addressOf(store)}${name}?signature=${signatures}`;
    response.writeHead(302, { Location: location, "X-Linked-Size": String(content.length) });
    response.end(`Found. Redirecting to ${location}`);
  };

  const answerAsStore = async (
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    const url = note("store", request);
    // A store that knows nothing of preflights: whoever causes one gets nothing.
    if (request.method === "OPTIONS") return void response.writeHead(403).end();
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("Access-Control-Expose-Headers", EXPOSED);
    const name = decodeURIComponent(url.pathname.slice(1));
    const content = handle.files.get(name);
    const fault = faultOf(name);
    if (content === undefined) return void response.writeHead(404).end();
    const signature = url.searchParams.get("signature") ?? "";
    uses.set(signature, 1 + (uses.get(signature) ?? 0));
    const hasExpired = signature === "" || (uses.get(signature) ?? 0) > handle.signedUses;
    if (hasExpired || fault?.kind === "refuse") {
      use(fault);
      return void response.writeHead(403, { "Content-Type": "application/xml" }).end("<Error/>");
    }
    const file = distort(content, fault);
    const match = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
    const isWhole = match === null || fault?.kind === "ignore-range";
    const start = isWhole ? 0 : Number(match[1]);
    const end = isWhole ? file.length : Math.min(Number(match[2]) + 1, file.length);
    response.setHeader("ETag", etag(content));
    response.setHeader("Accept-Ranges", "bytes");
    if (start >= file.length) {
      return void response.writeHead(416, { "Content-Range": `bytes */${file.length}` }).end();
    }
    if (fault?.kind !== "drop" && fault?.kind !== "stall") use(fault);
    response.setHeader("Content-Length", end - start);
    if (!isWhole) {
      const first = fault?.kind === "wrong-range" ? start + 1 : start;
      response.setHeader("Content-Range", `bytes ${first}-${end - 1}/${file.length}`);
    }
    response.writeHead(isWhole ? 200 : 206);
    await send(response, file, start, end, fault);
  };

  /** Sends a range in slices, as far as the fault lets it. */
  const send = async (
    response: ServerResponse,
    file: Uint8Array,
    start: number,
    end: number,
    fault: HubFault | undefined,
  ): Promise<void> => {
    const stop = nextStop(fault, start, end);
    let lastLeft: Promise<void> = Promise.resolve();
    for (let at = start; at < stop; at += SLICE_BYTES) {
      const slice = file.subarray(at, Math.min(at + SLICE_BYTES, stop));
      bytes += slice.length;
      let hasRoom = true;
      lastLeft = new Promise((resolve) => {
        hasRoom = response.write(slice, () => resolve());
      });
      if (response.destroyed) return;
      if (!hasRoom) await roomIn(response);
      if (handle.throttle !== null) {
        const ms = (1000 * slice.length) / handle.throttle;
        await new Promise((resolve) => setTimeout(resolve, ms));
      }
    }
    if (stop === end && fault?.kind !== "stall") return void response.end();
    if (fault?.kind === "stall") return use(fault);
    // What was written goes out, and is taken, before the connection ends: browsers drop what they have not read by then.
    await lastLeft;
    setTimeout(() => response.destroy(), TAKEN_MS);
  };

  await Promise.all([hub, store].map((server) => listen(server)));
  const handle: FakeHub = {
    url: addressOf(hub),
    files: new Map(files),
    faults: new Map(),
    signedUses: Number.POSITIVE_INFINITY,
    throttle: null,
    requests: [],
    bytes: () => bytes,
    reset() {
      handle.requests.length = 0;
      bytes = 0;
    },
    async close() {
      await Promise.all([hub, store].map((server) => shut(server)));
    },
  };
  return handle;
}

/** Where the connection ends: at the first position of a drop inside the range, which is used up, or of a stall. */
function nextStop(fault: HubFault | undefined, start: number, end: number): number {
  if (fault?.kind === "stall") return Math.min(Math.max(fault.at, start), end);
  if (fault?.kind !== "drop") return end;
  const inside = fault.at.filter((at) => at > start && at < end);
  const first = Math.min(...inside, end);
  const index = fault.at.indexOf(first);
  if (index >= 0) fault.at.splice(index, 1);
  return first;
}

function distort(content: Uint8Array, fault: HubFault | undefined): Uint8Array {
  switch (fault?.kind) {
    case "wrong-bytes": {
      const wrong = content.slice();
      const middle = content.length >> 1;
      wrong[middle] = (wrong[middle] ?? 0) ^ 1;
      return wrong;
    }
    case "longer": {
      const longer = new Uint8Array(content.length + 1000);
      longer.set(content);
      return longer;
    }
    case "shorter":
      return content.subarray(0, content.length - 1000);
    default:
      return content;
  }
}

/** The Git LFS pointer to this content. */
function pointer(content: Uint8Array): string {
  const hex = createHash("sha256").update(content).digest("hex");
  return `version https://git-lfs.github.com/spec/v1\noid sha256:${hex}\nsize ${content.length}\n`;
}

function etag(content: Uint8Array): string {
  const head = createHash("sha256")
    .update(content.subarray(0, 4096))
    .update(String(content.length));
  return `"${head.digest("hex")}"`;
}

/** Resolves when there is room again, or nobody left to fill it for. */
function roomIn(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      response.off("drain", end).off("close", end);
      resolve();
    };
    response.on("drain", end).on("close", end);
  });
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
