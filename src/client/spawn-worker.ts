import { transferHandlers } from "comlink";
import { createErrorTransfer } from "../core/error-transfer.ts";

/**
 * Makes errors cross between page and workers as our typed errors: comlink's own handler would keep only message, name
 * and stack. The workers do the same in workers/expose-api.ts; to be called before the first worker is wrapped.
 */
export function registerErrorTransfer(): void {
  const isThrown = transferHandlers.get("throw")?.canHandle;
  transferHandlers.set(
    "throw",
    createErrorTransfer((value) => isThrown?.(value) ?? false),
  );
}

/** The part of the Trusted Types API that is used here; TypeScript's DOM library does not describe it. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): URL };
}

/** Name of the Trusted Types policy, as the page's Content-Security-Policy lists it. */
const POLICY_NAME = "app-worker";
/** What the bundler calls a worker's script, with its hash in a build. */
const WORKER_SCRIPT = /\/[\w-]+\.worker[\w.-]*\.(js|ts)$/;

let policy: ReturnType<TrustedTypes["createPolicy"]> | undefined;

/** A worker's address as the browser wants it: where it enforces Trusted Types, a string alone is refused. */
function trustedScriptUrl(url: string): string | URL {
  if (!("trustedTypes" in window)) return checkScriptUrl(url);
  const trustedTypes = window.trustedTypes as TrustedTypes;
  policy ??= trustedTypes.createPolicy(POLICY_NAME, { createScriptURL: checkScriptUrl });
  return policy.createScriptURL(url);
}

/** Lets pass nothing but worker scripts of this site. Throws TypeError for everything else. */
function checkScriptUrl(url: string): string {
  const { pathname, href } = new URL(url, document.baseURI);
  // Not by `origin`: a blob: address has the origin of the page that made it.
  if (!href.startsWith(`${location.origin}/`) || !WORKER_SCRIPT.test(pathname)) {
    throw new TypeError(`refused to run ${url} as a worker`);
  }
  return href;
}

/**
 * Starts a worker from one of this site's own scripts.
 *
 * @param url address that the bundler gave for `?worker&url`
 */
export function spawnWorker(url: string): Worker {
  return new Worker(trustedScriptUrl(url), { type: "module" });
}
