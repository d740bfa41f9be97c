import type { HtmlTagDescriptor, Plugin } from "vite";

/** The two faces that the first screen is set in; the extended ones load when a text needs them. */
const FIRST_FACES = /source-(serif-4|sans-3)-latin-wght-normal-[\w-]+\.woff2$/;

/** Tells the browser of the first screen's fonts from index.html on, instead of once the styles have arrived. */
export function preloadFonts(): Plugin {
  return {
    name: "preload-fonts",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(_html, { bundle }) {
        const files = Object.keys(bundle ?? {}).filter((file) => FIRST_FACES.test(file));
        return files.map(preloadTag);
      },
    },
  };
}

function preloadTag(file: string): HtmlTagDescriptor {
  return {
    tag: "link",
    attrs: { rel: "preload", as: "font", type: "font/woff2", crossorigin: "", href: `./${file}` },
    injectTo: "head",
  };
}
