// `npm run demo:artefact-sample`: the site over the real ArteFact sentences that lie beside the repository, to look at.
import { fileURLToPath } from "node:url";
import {
  ARTEFACT_EDITION,
  ARTEFACT_SAMPLE,
  buildArtefactSample,
  hasArtefactSample,
} from "./artefact-sample.ts";
import { buildSite } from "./prepare.mjs";
import { serve } from "./serve.mjs";

const PORT = 4180;

if (!hasArtefactSample()) {
  console.error(`The real data is not here. It would be at ${ARTEFACT_SAMPLE}.`);
  process.exit(1);
}
buildSite();
const controller = new AbortController();
process.once("SIGINT", () => controller.abort());
await buildArtefactSample((line) => console.error(line), controller.signal);
const site = fileURLToPath(new URL("../dist", import.meta.url));
const { address } = await serve(site, PORT, { "/edition/sample/": ARTEFACT_EDITION });
console.log(`\nArteFact over its own sentences is at ${address}`);
console.log(`Three paintings to drop on it are in ${ARTEFACT_SAMPLE}/paintings.`);
