import type { Plugin } from "vite";

const SINK = "t.innerHTML = html;";
const POLICY = `
const trustedTemplates = globalThis.trustedTypes?.createPolicy("solid-template", { createHTML: (html) => html });
`;

/**
 * Lets Solid's templates pass `require-trusted-types-for 'script'` through a policy of their own. Only strings that the
 * compiler wrote reach it: they are constants of the build and hold no data.
 *
 * @throws Error where Solid's source no longer has the one place that this replaces
 */
export function solidTrustedTemplates(): Plugin {
  return {
    name: "solid-trusted-templates",
    apply: "build",
    transform(code, id) {
      if (!/solid-js\/web\/dist\/web\.js$/.test(id)) return undefined;
      if (code.split(SINK).length !== 2) {
        throw new Error("Solid's template function has changed: adapt solid-trusted-templates.ts");
      }
      const trusted = `t.innerHTML = trustedTemplates ? trustedTemplates.createHTML(html) : html;`;
      return { code: POLICY + code.replace(SINK, trusted), map: null };
    },
  };
}
