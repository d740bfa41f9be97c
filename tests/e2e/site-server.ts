import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { serve } from "../../scripts/serve.mjs";

/** Something that a server can do wrong with one file. */
export type Fault =
  | { readonly kind: "status"; readonly status: number }
  /** Answers a range with the whole file. */
  | { readonly kind: "ignore-range" }
  /** Sends half of the promised bytes, then hangs up. */
  | { readonly kind: "half-way" }
  /** Flips a bit of every byte. */
  | { readonly kind: "corrupt" }
  /** Waits before it answers, in milliseconds. */
  | { readonly kind: "slow"; readonly delay: number }
  /** Puts a script before a script, to change the world that it runs in. */
  | { readonly kind: "prepend"; readonly script: string };

/** The built site on a port of its own, with faults that a test switches on and off. */
export interface SiteServer {
  readonly address: string;
  /** Faults by a part of the path; the first that matches counts. */
  readonly faults: Map<string, Fault>;
  /** Set to true to leave out all security headers, as a plain file host does. */
  isBare: boolean;
  /** Violations of the policies that this server sends, as browsers report them, of the page and of every worker. */
  readonly violations: string[];
  /** Paths asked for so far, with the range where there was one. */
  readonly requests: string[];
  /** Stops answering; the browser then has no network as far as this site goes. */
  stop(): Promise<void>;
}

/** Folder with the built site; another build can be named for a trial. */
const DIST = process.env["ARTEFACT_DIST"] ?? fileURLToPath(new URL("../../dist", import.meta.url));

/** Other folders by the path of the site that they cover. */
export type Overlays = Readonly<Record<string, string>>;

/** Starts the site's own static server, and in front of it one that can misbehave. */
export async function startSite(overlays: Overlays = {}): Promise<SiteServer> {
  const inner = await serve(DIST, 0, overlays);
  const faults = new Map<string, Fault>();
  const requests: string[] = [];
  const violations: string[] = [];
  const outer = createServer((incoming, outgoing) => {
    const path = incoming.url ?? "/";
    if (path === REPORT_PATH) {
      readBody(incoming, (body) => violations.push(body.toString()));
      outgoing.writeHead(204).end();
      return;
    }
    requests.push(
      incoming.headers.range === undefined ? path : `${path} ${incoming.headers.range}`,
    );
    const fault = [...faults].find(([part]) => path.includes(part))?.[1];
    const delay = fault?.kind === "slow" ? fault.delay : 0;
    setTimeout(() => forward(inner.address, incoming, outgoing, fault, site.isBare), delay);
  });
  await new Promise<void>((resolve) => outer.listen(0, "127.0.0.1", resolve));
  const { port } = outer.address() as AddressInfo;
  let isStopped = false;
  const site: SiteServer = {
    isBare: false,
    address: `http://localhost:${port}/`,
    faults,
    violations,
    requests,
    async stop() {
      if (isStopped) return;
      isStopped = true;
      outer.closeAllConnections();
      await new Promise((resolve) => outer.close(resolve));
      await inner.close();
    },
  };
  return site;
}

function readBody(message: IncomingMessage, take: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  message.on("data", (chunk: Buffer) => chunks.push(chunk));
  message.on("end", () => take(Buffer.concat(chunks)));
}

const REPORT_PATH = "/policy-report";

/** Makes browsers tell this server of every violation; a worker's are seen in no other way from its start on. */
function withReports(headers: IncomingMessage["headers"]): IncomingMessage["headers"] {
  const policy = headers["content-security-policy"];
  if (policy === undefined) return headers;
  return { ...headers, "content-security-policy": `${String(policy)}; report-uri ${REPORT_PATH}` };
}

/** Headers that decide what a page and its workers may do. */
const SECURITY_HEADER = /^(content-security-policy|cross-origin-)/;

function withoutSecurity(headers: IncomingMessage["headers"]): IncomingMessage["headers"] {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !SECURITY_HEADER.test(name)),
  );
}

function forward(
  origin: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  fault: Fault | undefined,
  isBare: boolean,
): void {
  if (fault?.kind === "status") {
    outgoing.writeHead(fault.status, { "Content-Type": "text/plain" }).end("fault");
    return;
  }
  const headers = { ...incoming.headers };
  if (fault?.kind === "ignore-range") delete headers.range;
  const path = incoming.url ?? "/";
  const onward = request(new URL(path, origin), { method: incoming.method, headers }, (answer) => {
    readBody(answer, (body) => {
      const { statusCode = 500, headers: received } = answer;
      const sent = isBare ? withoutSecurity(received) : withReports(received);
      send(outgoing, statusCode, sent, body, fault);
    });
  });
  onward.on("error", () => outgoing.destroy());
  onward.end();
}

function send(
  outgoing: ServerResponse,
  status: number,
  headers: IncomingMessage["headers"],
  body: Buffer,
  fault: Fault | undefined,
): void {
  switch (fault?.kind) {
    case "half-way":
      outgoing.writeHead(status, headers);
      outgoing.write(body.subarray(0, body.length >> 1), () => outgoing.destroy());
      return;
    case "corrupt":
      outgoing.writeHead(status, headers).end(body.map((byte) => byte ^ 1));
      return;
    case "prepend": {
      const script = Buffer.concat([Buffer.from(`${fault.script}\n`), body]);
      outgoing.writeHead(status, { ...headers, "content-length": String(script.length) });
      outgoing.end(script);
      return;
    }
    default:
      outgoing.writeHead(status, headers).end(body);
  }
}
