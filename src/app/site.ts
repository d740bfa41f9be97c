/** Where this site keeps its model, its sentences and its samples, relative to the page; every address ends up absolute. */
export const MODEL_PACK_URL = new URL("models/demo/", document.baseURI).href;
export const EDITION_URL = new URL("edition/sample/", document.baseURI).href;
export const SAMPLES_URL = new URL("samples/", document.baseURI).href;
