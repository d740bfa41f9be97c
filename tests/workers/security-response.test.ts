import { describe, expect, it } from "vitest";
import {
  CONVERTER_POLICY,
  PAGE_POLICY,
  searchPolicy,
  TEXTS_POLICY,
  WORKER_POLICY,
} from "../../workers/security-policy.ts";
import { withSecurityHeaders } from "../../workers/security-response.ts";

type Asked = Pick<Request, "mode" | "destination"> & { readonly url?: string };

function answer(asked: Asked, response = new Response("body", { status: 206 })): Response {
  const url = "https://host.test/site/assets/any-1.js";
  return withSecurityHeaders({ url, ...asked } as Request, response);
}

describe("the policies", () => {
  it("allow neither evaluation nor inline code nor another origin", () => {
    for (const policy of [PAGE_POLICY, WORKER_POLICY]) {
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("connect-src 'self'");
      expect(policy).not.toMatch(/'unsafe-eval'|'unsafe-inline'|https?:|\*|data:/);
    }
    expect(PAGE_POLICY).toContain("require-trusted-types-for 'script'");
  });
});

describe("withSecurityHeaders", () => {
  it("gives pages and workers a policy each, and isolates everything", () => {
    const page = answer({ mode: "navigate", destination: "document" });
    const worker = answer({ mode: "same-origin", destination: "worker" });
    const picture = answer({ mode: "no-cors", destination: "image" });
    expect(page.headers.get("Content-Security-Policy")).toContain(PAGE_POLICY);
    expect(worker.headers.get("Content-Security-Policy")).toBe(WORKER_POLICY);
    expect(picture.headers.get("Content-Security-Policy")).toBeNull();
    for (const response of [page, worker, picture]) {
      expect(response.headers.get("Cross-Origin-Embedder-Policy")).toBe("require-corp");
      expect(response.headers.get("Cross-Origin-Opener-Policy")).toBe("same-origin");
    }
  });

  it("lets the converter's script alone ask other hosts", () => {
    const policyOf = (url: string) =>
      answer({ mode: "same-origin", destination: "worker", url }).headers.get(
        "Content-Security-Policy",
      );
    expect(policyOf("https://host.test/site/converter/converter.worker-1.js")).toBe(
      CONVERTER_POLICY,
    );
    expect(policyOf("https://host.test/converter/assets/encoder.worker-1.js")).toBe(WORKER_POLICY);
    expect(CONVERTER_POLICY).toMatch(/connect-src 'self' https: http:\/\/localhost:\*/);
    expect(CONVERTER_POLICY).not.toMatch(
      /script-src[^;]*https?:|worker-src[^;]*https?:|unsafe-eval'.*unsafe/,
    );
  });

  it("lets the worker that holds own texts connect to nothing", () => {
    const url = "https://host.test/site/texts/texts.worker-1.js";
    const response = answer({ mode: "same-origin", destination: "worker", url });
    expect(response.headers.get("Content-Security-Policy")).toBe(TEXTS_POLICY);
    expect(TEXTS_POLICY).toContain("default-src 'none'");
    expect(TEXTS_POLICY).toContain("connect-src 'none'");
    expect(TEXTS_POLICY).not.toMatch(/https?:|\*|data:|blob:/);
  });

  it("lets the search ask the hosts of the edition that the site was built for, and no other", () => {
    const url = "https://host.test/site/search/search.worker-1.js";
    const headers = answer({ mode: "same-origin", destination: "worker", url }).headers;
    expect(headers.get("Content-Security-Policy")).toBe(WORKER_POLICY);
    const elsewhere = searchPolicy(["https://hub.test", "https://*.store.test"]);
    expect(elsewhere).toContain("connect-src 'self' https://hub.test https://*.store.test");
    expect(elsewhere.replace(/connect-src[^;]*/, "")).not.toMatch(
      /https?:|\*|unsafe-eval'.*unsafe/,
    );
  });

  it("changes neither status nor body, and leaves a network error alone", async () => {
    const response = answer({ mode: "cors", destination: "" });
    expect(response.status).toBe(206);
    expect(await response.text()).toBe("body");
    const failed = Response.error();
    expect(answer({ mode: "cors", destination: "" }, failed)).toBe(failed);
  });
});
