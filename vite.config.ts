import { defineConfig } from "vite";
import { VitePWA } from "vite-plugin-pwa";
import solid from "vite-plugin-solid";
import { hnswlibWithoutEval } from "./scripts/vite/hnswlib-csp.ts";
import { preloadFonts } from "./scripts/vite/preload-fonts.ts";
import { securityHeaders, workerFileName } from "./scripts/vite/security-headers.ts";
import { solidTrustedTemplates } from "./scripts/vite/solid-trusted-templates.ts";
import { webManifest } from "./scripts/vite/web-manifest.ts";

/** Largest file that the service worker may keep: ONNX Runtime's WebAssembly is about 25 MB. */
const LARGEST_KEPT_BYTES = 40 * 1024 * 1024;

export default defineConfig({
  // Relative addresses, so that the site works in any folder of a static host.
  base: "./",
  build: { target: "esnext", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  worker: {
    format: "es",
    plugins: () => [hnswlibWithoutEval()],
    rolldownOptions: { output: { entryFileNames: workerFileName } },
  },
  // ONNX Runtime's glue and WebAssembly stay files of their own, which its threads need and the cache can tell apart.
  resolve: {
    conditions: ["onnxruntime-web-use-extern-wasm", "module", "browser", "development|production"],
  },
  plugins: [
    solid(),
    hnswlibWithoutEval(),
    solidTrustedTemplates(),
    preloadFonts(),
    securityHeaders(),
    VitePWA({
      strategies: "injectManifest",
      srcDir: "workers",
      filename: "service-worker.ts",
      registerType: "prompt",
      injectRegister: null,
      manifest: webManifest,
      includeManifestIcons: false,
      injectManifest: {
        globPatterns: ["**/*"],
        globIgnores: ["service-worker.js", "_headers", "**/*.map", "**/.*"],
        maximumFileSizeToCacheInBytes: LARGEST_KEPT_BYTES,
      },
    }),
  ],
});
