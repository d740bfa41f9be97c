import { codeDimOf } from "../../src/core/codes/code-dim.ts";
import { decodeRestCluster, restBytesPerRow } from "../../src/core/edition/rest-file.ts";
import { decodeSignCluster, signBytesPerRow } from "../../src/core/edition/sign-file.ts";
import type { FolderEdition } from "./open-folder.ts";
import type { ProvedIndex } from "./prove/proved-index.ts";

/** The base index of an edition in a folder, read back by the page's decoders. */
export async function provedFolder(
  { edition, sources }: Pick<FolderEdition, "edition" | "sources">,
  signal: AbortSignal,
): Promise<ProvedIndex> {
  const { router, exact } = await edition.index("base", signal);
  const opening = await sources.openIndex("base");
  const { sign, rest } = await opening.open(router, edition.firstRows);
  const { counts, dim, firstPlaces, sentences } = router;
  const codeDim = codeDimOf(dim);
  const read = (file: typeof sign, rowBytes: number, cluster: number, within: AbortSignal) => {
    const first = firstPlaces[cluster] ?? 0;
    const range = { start: first * rowBytes, end: (first + (counts[cluster] ?? 0)) * rowBytes };
    return file.read(range, within);
  };
  return {
    router,
    async readCluster(cluster, within) {
      const count = counts[cluster] ?? 0;
      const signs = await read(sign, signBytesPerRow(codeDim), cluster, within);
      const others = await read(rest, restBytesPerRow(codeDim), cluster, within);
      return {
        sign: decodeSignCluster(signs, count, codeDim),
        rest: decodeRestCluster(others, { count, codeDim, sentences }),
      };
    },
    readRows:
      exact === null
        ? null
        : async (first, count, within) => {
            const vectors = new Float32Array(count * dim);
            for (let i = 0; i < count; i++)
              vectors.set(await exact.read(first + i, within), i * dim);
            return vectors;
          },
  };
}
