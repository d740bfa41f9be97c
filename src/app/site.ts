import { editionAddress } from "../config/edition-address.ts";

const EDITION = editionAddress({
  url: import.meta.env["VITE_EDITION_URL"],
  origins: import.meta.env["VITE_EDITION_ORIGINS"],
});

/** Where this site keeps its model, its sentences and its samples, relative to the page; every address ends up absolute. */
export const MODEL_PACK_URL = new URL("models/demo/", document.baseURI).href;
export const EDITION_URL = new URL(EDITION.url, document.baseURI).href;
export const SAMPLES_URL = new URL("samples/", document.baseURI).href;
