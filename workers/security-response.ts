import { editionAddress } from "../src/config/edition-address.ts";
import {
  CONVERTER_FOLDER,
  CONVERTER_POLICY,
  ISOLATION_HEADERS,
  PAGE_POLICY,
  SEARCH_FOLDER,
  searchPolicy,
  TEXTS_FOLDER,
  TEXTS_POLICY,
  WORKER_POLICY,
} from "./security-policy.ts";

const EDITION = editionAddress({
  url: import.meta.env["VITE_EDITION_URL"],
  origins: import.meta.env["VITE_EDITION_ORIGINS"],
});

/** The workers with a policy of their own, by the folder of their script. */
const POLICY_OF_FOLDER: Readonly<Record<string, string>> = {
  [CONVERTER_FOLDER]: CONVERTER_POLICY,
  [SEARCH_FOLDER]: searchPolicy(EDITION.origins),
  [TEXTS_FOLDER]: TEXTS_POLICY,
};

/**
 * `response` with the headers that a host such as a plain file server does not set: isolation everywhere, and a
 * Content-Security-Policy for pages and for scripts that start as workers.
 */
export function withSecurityHeaders(request: Request, response: Response): Response {
  // An opaque or failed answer (status 0) cannot be rebuilt.
  if (response.status === 0) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(ISOLATION_HEADERS)) headers.set(name, value);
  if (request.mode === "navigate") {
    headers.set("Content-Security-Policy", `${PAGE_POLICY}; frame-ancestors 'none'`);
  } else if (request.destination === "worker") {
    const folder = new URL(request.url).pathname.split("/").at(-2) ?? "";
    headers.set("Content-Security-Policy", POLICY_OF_FOLDER[folder] ?? WORKER_POLICY);
  }
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}
