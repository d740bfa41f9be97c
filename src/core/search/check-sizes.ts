import { codeDimOf } from "../codes/code-dim.ts";
import { byworkBytesPerRow } from "../edition/bywork-file.ts";
import type { EditionManifest, ExactRows } from "../edition/edition-manifest.ts";
import { hashesBytes } from "../edition/hashes-file.ts";
import type { IndexFiles } from "../edition/manifest-files.ts";
import { restBytesPerRow } from "../edition/rest-file.ts";
import { signBytesPerRow } from "../edition/sign-file.ts";
import { AppError } from "../errors.ts";

/**
 * Holds the sizes that a manifest gives against those that follow from its counts.
 *
 * @throws AppError `edition-corrupt`
 */
export function checkIndexSizes(manifest: EditionManifest): void {
  const { files, exact, clusters, adapted } = manifest;
  checkSizes(manifest, files, exact, clusters);
  if (adapted?.kind === "own") checkSizes(manifest, adapted.files, adapted.exact, adapted.clusters);
}

function checkSizes(
  { sentences, dim, works }: EditionManifest,
  files: IndexFiles,
  exact: ExactRows | null,
  clusters: number,
): void {
  const codeDim = codeDimOf(dim);
  const hasRows = files.rows !== undefined;
  const expected = {
    sign: sentences * signBytesPerRow(codeDim),
    rest: sentences * restBytesPerRow(codeDim),
    bywork: sentences * byworkBytesPerRow(codeDim),
    hashes: hashesBytes({ clusters, works, sentences, hasRows }),
    ...(hasRows && { rows: sentences * dim * (exact?.type === "f16" ? 2 : 4) }),
  };
  for (const [name, bytes] of Object.entries(expected)) {
    const found = files[name as keyof typeof expected]?.bytes;
    if (found !== bytes) {
      const why = `${found} bytes where ${bytes} follow from the counts`;
      throw new AppError({ code: "edition-corrupt", file: name, why });
    }
  }
}
