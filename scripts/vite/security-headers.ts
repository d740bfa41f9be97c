import type { Plugin } from "vite";
import { type EditionAddress, editionAddress } from "../../src/config/edition-address.ts";
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
} from "../../workers/security-policy.ts";

/** Writes the page's policy into index.html and all headers into `_headers`, for hosts that read that file. */
export function securityHeaders(): Plugin {
  let edition = editionAddress({ url: undefined, origins: undefined });
  return {
    name: "security-headers",
    configResolved({ env }) {
      const [url, origins] = [env["VITE_EDITION_URL"], env["VITE_EDITION_ORIGINS"]];
      edition = editionAddress({ url, origins });
    },
    // Vite's development server puts scripts and styles inline, which the policy rightly refuses.
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler: () => [
        {
          tag: "meta",
          attrs: { "http-equiv": "Content-Security-Policy", content: PAGE_POLICY },
          injectTo: "head-prepend",
        },
      ],
    },
    generateBundle() {
      this.emitFile({ type: "asset", fileName: "_headers", source: headersFile(edition) });
    },
  };
}

/** Puts the scripts of workers with a policy of their own into their folders, and every other one where Vite does. */
export function workerFileName(chunk: { readonly name: string }): string {
  const [worker = ""] = chunk.name.split(".");
  const own = [CONVERTER_FOLDER, SEARCH_FOLDER, TEXTS_FOLDER].find((folder) => folder === worker);
  return `${own ?? "assets"}/[name]-[hash].js`;
}

/** A path belongs to one Content-Security-Policy only, because hosts join the values of several rules. */
function headersFile({ origins }: EditionAddress): string {
  const page = { "Content-Security-Policy": `${PAGE_POLICY}; frame-ancestors 'none'` };
  const worker = { "Content-Security-Policy": WORKER_POLICY };
  const everywhere = {
    ...ISOLATION_HEADERS,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
  };
  return [
    rule("/*", everywhere),
    rule("/", page),
    rule("/index.html", page),
    rule("/assets/*", worker),
    rule(`/${CONVERTER_FOLDER}/*`, { "Content-Security-Policy": CONVERTER_POLICY }),
    rule(`/${SEARCH_FOLDER}/*`, { "Content-Security-Policy": searchPolicy(origins) }),
    rule(`/${TEXTS_FOLDER}/*`, { "Content-Security-Policy": TEXTS_POLICY }),
    rule("/service-worker.js", worker),
  ].join("\n");
}

function rule(pattern: string, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `  ${name}: ${value}\n`);
  return `${pattern}\n${lines.join("")}`;
}
