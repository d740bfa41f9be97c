/**
 * The Content-Security-Policies of the site, in one place: the build writes them into index.html and _headers, the
 * service worker adds them where the host sets no headers. A dedicated worker does not inherit the page's policy
 * (https://www.w3.org/TR/CSP3/#initialize-global-object-csp), so worker scripts carry their own.
 */

/** Names of the Trusted Types policies that the page may create: worker addresses, our service worker, Solid's templates. */
const TRUSTED_TYPES = ["app-worker", "app-service-worker", "solid-template"];

/** For the page. `frame-ancestors` is left to the header, because a <meta> must not hold it. */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' blob:",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  `trusted-types ${TRUSTED_TYPES.join(" ")}`,
].join("; ");

const WORKER_RULES = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
];

/** For scripts that run as workers. No Trusted Types: ONNX Runtime starts its own threads from a plain address. */
export const WORKER_POLICY = [...WORKER_RULES, "connect-src 'self'"].join("; ");

/**
 * For the worker that searches: it may also ask the hosts that the build names for the sentences, and those alone.
 *
 * @param origins as in `editionAddress`
 */
export function searchPolicy(origins: readonly string[]): string {
  return [...WORKER_RULES, ["connect-src 'self'", ...origins].join(" ")].join("; ");
}

/**
 * For the worker that downloads public models and never sees a picture: it alone may ask other hosts, because a hub
 * answers with signed addresses on hosts that nobody knows in advance. A mirror may run on this machine, without TLS.
 */
export const CONVERTER_POLICY = [
  ...WORKER_RULES,
  "connect-src 'self' https: http://localhost:* http://127.0.0.1:*",
].join("; ");

/**
 * Folders of the build that hold the script of one worker alone, since hosts give headers by folder and join those of several
 * rules.
 */
export const CONVERTER_FOLDER = "converter";
export const SEARCH_FOLDER = "search";

/** For the worker that holds a person's own texts: it may connect to nothing, so that nothing of them can leave. */
export const TEXTS_POLICY = [...WORKER_RULES, "connect-src 'none'"].join("; ");

/** Folder of the build for that worker's script. */
export const TEXTS_FOLDER = "texts";

/** Cross-origin isolation, without which there is no SharedArrayBuffer and hence no WASM threads. */
export const ISOLATION_HEADERS = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
} as const;
