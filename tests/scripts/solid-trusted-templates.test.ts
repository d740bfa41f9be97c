import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { solidTrustedTemplates } from "../../scripts/vite/solid-trusted-templates.ts";

/** The browser's build, beside the one that Node resolves to. */
const path = join(dirname(createRequire(import.meta.url).resolve("solid-js/web")), "web.js");

function transform(code: string, id: string): unknown {
  const hook = solidTrustedTemplates().transform;
  if (typeof hook !== "function") throw new Error("the plugin has no transform");
  return Reflect.apply(hook, undefined, [code, id]);
}

describe("solidTrustedTemplates", () => {
  it("sends the installed Solid's template strings through a named policy", () => {
    const result = transform(readFileSync(path, "utf8"), path);
    const code = String(Reflect.get(Object(result), "code"));
    expect(code).toContain('createPolicy("solid-template"');
    expect(code).toContain("trustedTemplates.createHTML(html)");
    expect(code).not.toContain("t.innerHTML = html;");
  });

  it("stops the build where Solid has changed, and leaves other modules alone", () => {
    expect(() => transform("function template() {}", path)).toThrow(/has changed/);
    expect(transform("t.innerHTML = html;", "/src/app.js")).toBeUndefined();
  });
});
