/** The ends of the names of files that are texts of a person's own. */
const TEXT_NAME = /\.(txt|md|markdown|csv|tsv|tab|json)$/i;
const TEXT_TYPE = /^(text\/|application\/json$)/;

/** The files of a drop that are texts, where all of them are; none where there is anything else, such as a picture. */
export function textFilesIn(transfer: DataTransfer | null): readonly File[] {
  const files = [...(transfer?.files ?? [])];
  return files.every(({ name }) => TEXT_NAME.test(name)) ? files : [];
}

/** Tells of a drag whose files are not known before the drop whether they are all texts, by their types. */
export function holdsTexts(transfer: DataTransfer | null): boolean {
  const types = [...(transfer?.items ?? [])].flatMap(({ kind, type }) =>
    kind === "file" ? [type] : [],
  );
  return types.length > 0 && types.every((type) => TEXT_TYPE.test(type));
}
