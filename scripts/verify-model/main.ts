import { setMaxListeners } from "node:events";
import { parseArgs } from "node:util";
import { type BroughtFolder, bringFile, bringFolder } from "./bring-folder.ts";
import { formatChecks, sentenceOf, verdictOf } from "./check.ts";
import { hasPublishedShape } from "./check-published.ts";
import { formatCurves, measureSampleCurves } from "./curves.ts";
import { CATS } from "./published.ts";
import { decodePicture, type Picture, readPicture } from "./read-picture.ts";
import { readSamples } from "./samples.ts";

const USAGE = `Checks a model pack from end to end, in Node, on one thread of WASM.

  npm run verify:model -- --pack <folder|url>
    [--edition <folder|url>]  checks an edition of the pack's model too
    [--published]             compares with the published numbers of OpenAI's CLIP ViT-B/32; downloads one picture of
                              170 to 700 kB from GitHub, unless --picture gives it
    [--picture <file>]        that picture, COCO 39769, as PNG or JPEG
    [--curves <count>]        measures deletion and insertion curves on that many sample pictures, 32 passes of the
                              tower each; 2 by default, 0 for none

Exit status 0 where every check passed, 1 where one failed, 2 where it could not begin.`;

/** Pictures that the vectors and maps are checked on. */
const SAMPLES = 4;
const MOST_CURVES = 12;
const MOST_PICTURE_BYTES = 16e6;

function stop(message: string): never {
  console.error(message);
  process.exit(2);
}

async function readCats(path: string | undefined): Promise<Picture> {
  if (path !== undefined) return readPicture(path);
  return decodePicture(await bringFile(CATS.url, MOST_PICTURE_BYTES), CATS.url);
}

const { values } = parseArgs({
  options: {
    pack: { type: "string" },
    edition: { type: "string" },
    published: { type: "boolean", default: false },
    picture: { type: "string" },
    curves: { type: "string", default: "2" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const curves = Number(values.curves);
if (values.pack === undefined || !Number.isInteger(curves) || curves < 0 || curves > MOST_CURVES) {
  stop(USAGE);
}

const { signal } = new AbortController();
// Every search adds some to the one signal of this program.
setMaxListeners(0, signal);
const log = (line: string): void => console.error(`… ${line}`);
const folders: BroughtFolder[] = [];
const bring = async (place: string): Promise<string> => {
  const folder = await bringFolder(place, log);
  folders.push(folder);
  return folder.path;
};

try {
  const isPublished = values.published || values.picture !== undefined;
  const packFolder = await bring(values.pack);
  const editionFolder = values.edition === undefined ? null : await bring(values.edition);
  const cats = isPublished ? await readCats(values.picture) : null;
  // The runtime takes a second to load; what cannot begin should say so at once.
  const { verifyPack } = await import("./verify-pack.ts");
  const samples = await readSamples(Math.max(SAMPLES, curves));
  const verification = { packFolder, editionFolder, samples: samples.slice(0, SAMPLES), cats };
  const { checks, encoder } = await verifyPack(verification, log, signal);
  const { isSound, sentence } = verdictOf(checks);
  console.log(formatChecks(checks));
  if (encoder !== null && encoder.manifest.text !== null && curves > 0) {
    const onPicture = (done: number) => log(`curves: ${done} of ${curves} pictures`);
    const rows = await measureSampleCurves(encoder, samples.slice(0, curves), onPicture, signal);
    console.log(
      `\nAreas under the curves, mean of ${curves} sample pictures\n${formatCurves(rows)}`,
    );
  }
  if (encoder !== null && !isPublished && hasPublishedShape(encoder.manifest)) {
    console.log(
      "\nWhere this is OpenAI's CLIP ViT-B/32, --published compares it with numbers that others published.",
    );
  }
  console.log(`\n${sentence}`);
  process.exitCode = isSound ? 0 : 1;
} catch (error) {
  console.error(sentenceOf(error));
  process.exitCode = 2;
} finally {
  await Promise.all(folders.map((folder) => folder.close()));
}
