import type { ByteSource } from "../../src/core/bytes/source.ts";
import { plainKernel } from "../../src/core/codes/plain-kernel.ts";
import {
  type Edition,
  type EditionRuntime,
  type EditionSources,
  openEdition,
} from "../../src/core/search/open-edition.ts";
import { createFlatRouter } from "../../src/core/search/router.ts";
import { gunzip } from "../../workers/search/gunzip.ts";
import { memorySource } from "./memory-source.ts";
import type { TinyEdition } from "./tiny-edition.ts";
import type { WrittenFileName } from "./tiny-files/edition-files.ts";

/** Not `neverAborted`, which needs Node: browsers' tests open editions too. */
const never = new AbortController().signal;

/** Opens editions in Node: the plain kernel, and the flat scan of the centroids. */
const plainRuntime: EditionRuntime = {
  gunzip,
  kernel: plainKernel,
  residentBytes: 2 ** 30,
  coldBytes: 2 ** 30,
  openRouter: (_router, centroids) => Promise.resolve(createFlatRouter(centroids)),
};

type TinySources = Readonly<Record<WrittenFileName, ByteSource>>;

/** The files of an edition in memory. */
export function tinySources({ files: { bytes } }: Pick<TinyEdition, "files">) {
  return {
    router: memorySource(bytes.router),
    sign: memorySource(bytes.sign),
    rest: memorySource(bytes.rest),
    bywork: memorySource(bytes.bywork),
    hashes: memorySource(bytes.hashes),
    rows: memorySource(bytes.rows),
    works: memorySource(bytes.works),
    texts: memorySource(bytes.texts),
    sources: memorySource(bytes.sources),
  };
}

/** The files as `openEdition` takes them. */
function editionSources(
  files: TinySources,
  isOnDevice: (cluster: number) => boolean = () => false,
): EditionSources {
  const { router, works, texts, sources } = files;
  return {
    works,
    texts,
    sources,
    similar: null,
    openIndex: async () => ({
      router,
      open: async () => ({ ...files, isOnDevice }),
    }),
  };
}

/** Opens an edition whose files lie in memory, but for those that are given. */
export function openTiny(
  tiny: Pick<TinyEdition, "files" | "manifest">,
  changes: Partial<TinySources> = {},
  runtime: Partial<EditionRuntime> = {},
  isOnDevice?: (cluster: number) => boolean,
): Promise<Edition> {
  const sources = editionSources({ ...tinySources(tiny), ...changes }, isOnDevice);
  const opened = { ...plainRuntime, ...runtime };
  return openEdition(tiny.manifest, sources, opened, () => undefined, never);
}
