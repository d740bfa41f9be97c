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
  /** Paths asked for so far, with the range where there was one. */
  readonly requests: string[];
  /** Stops answering; the browser then has no network as far as this site goes. */
  stop(): Promise<void>;
}

/** Folder with the built site; another build can be named for a trial. */
const DIST = process.env["ARTEFACT_DIST"] ?? fileURLToPath(new URL("../../dist", import.meta.url));

/** Starts the site's own static server, and in front of it one that can misbehave. */
export async function startSite(): Promise<SiteServer> {
  const inner = await serve(DIST, 0);
  const faults = new Map<string, Fault>();
  const requests: string[] = [];
  const outer = createServer((incoming, outgoing) => {
    const path = incoming.url ?? "/";
    requests.push(
      incoming.headers.range === undefined ? path : `${path} ${incoming.headers.range}`,
    );
    const fault = [...faults].find(([part]) => path.includes(part))?.[1];
    const delay = fault?.kind === "slow" ? fault.delay : 0;
    setTimeout(() => forward(inner.address, incoming, outgoing, fault), delay);
  });
  await new Promise<void>((resolve) => outer.listen(0, "127.0.0.1", resolve));
  const { port } = outer.address() as AddressInfo;
  let isStopped = false;
  return {
    address: `http://localhost:${port}/`,
    faults,
    requests,
    async stop() {
      if (isStopped) return;
      isStopped = true;
      outer.closeAllConnections();
      await new Promise((resolve) => outer.close(resolve));
      await inner.close();
    },
  };
}

function forward(
  origin: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  fault: Fault | undefined,
): void {
  if (fault?.kind === "status") {
    outgoing.writeHead(fault.status, { "Content-Type": "text/plain" }).end("fault");
    return;
  }
  const headers = { ...incoming.headers };
  if (fault?.kind === "ignore-range") delete headers.range;
  const path = incoming.url ?? "/";
  const onward = request(new URL(path, origin), { method: incoming.method, headers }, (answer) => {
    const chunks: Buffer[] = [];
    answer.on("data", (chunk: Buffer) => chunks.push(chunk));
    answer.on("end", () => {
      const { statusCode = 500, headers: received } = answer;
      send(outgoing, statusCode, received, Buffer.concat(chunks), fault);
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
