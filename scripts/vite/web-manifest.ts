import type { ManifestOptions } from "vite-plugin-pwa";

/** The web manifest. Addresses are relative to it, so that the site installs from any folder. */
export const webManifest: Partial<ManifestOptions> = {
  id: "./",
  name: "ArteFact",
  short_name: "ArteFact",
  description: "Find what scholars have written about what one sees in a picture, on this device.",
  start_url: "./",
  scope: "./",
  display: "standalone",
  lang: "en",
  dir: "ltr",
  categories: ["education", "reference"],
  // The paper of the light theme; the page itself sets both themes by media query.
  background_color: "#F7F5F1",
  theme_color: "#F7F5F1",
  icons: [
    { src: "icons/icon.svg", sizes: "any", type: "image/svg+xml", purpose: "any" },
    { src: "icons/icon-192.png", sizes: "192x192", type: "image/png", purpose: "any" },
    { src: "icons/icon-512.png", sizes: "512x512", type: "image/png", purpose: "any" },
    {
      src: "icons/icon-maskable-512.png",
      sizes: "512x512",
      type: "image/png",
      purpose: "maskable",
    },
  ],
};
