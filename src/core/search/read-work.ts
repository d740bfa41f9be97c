import { firstRowsOfWorks } from "../edition/work-rows.ts";
import { summarizeWork, type WorkImage } from "../edition/works-file.ts";
import { AppError } from "../errors.ts";
import { creatorValue } from "../facets/catalogue.ts";
import type { WorkDetail, WorkSource } from "../protocol.ts";
import type { Edition } from "./open-edition.ts";

type Works = Pick<Edition, "works" | "topicNames" | "aliases">;

/**
 * A work of an edition by its id, or null.
 *
 * @param hasImages whether the edition says where its works' pictures are
 */
export function describeWork(
  { works, topicNames, aliases }: Works,
  workId: string,
  hasImages: boolean,
): WorkDetail | null {
  const index = works.findIndex((work) => work.workId === workId);
  const record = works[index];
  if (record === undefined) return null;
  return {
    work: summarizeWork(record),
    index,
    sentences: record.sentences,
    topics: record.topics.flatMap((topic) => topicNames[topic] ?? []),
    creators: record.creators.map((id) => creatorValue(id, aliases[id] ?? []).name),
    images: hasImages ? record.images : [],
  };
}

/**
 * Reads the text of a work.
 *
 * @param hasImages whether the edition says where its works' pictures are
 * @returns null where the corpus has none
 * @throws AppError `invalid-argument` for a work that the edition has not, `edition-corrupt`, or what its sources throw
 */
export async function readWorkText(
  edition: Pick<Edition, "works" | "sources">,
  workId: string,
  hasImages: boolean,
  signal: AbortSignal,
): Promise<WorkSource | null> {
  const index = edition.works.findIndex((work) => work.workId === workId);
  if (index < 0) throw unknown(workId);
  const text = await edition.sources.read(index, signal);
  const firstRow = firstRowsOfWorks(edition.works)[index] ?? 0;
  const images = hasImages ? (edition.works[index]?.images ?? []) : [];
  return text === null ? null : { text, firstRow, images };
}

/**
 * A picture of a work, as the edition knows it.
 *
 * @throws AppError `invalid-argument` for one that the edition has not
 */
export function findWorkImage(
  { works }: Pick<Works, "works">,
  workId: string,
  file: string,
): WorkImage {
  const images = works.find((work) => work.workId === workId)?.images ?? [];
  const image = images.find((candidate) => candidate.file === file);
  if (image === undefined) throw unknown(`${workId}/${file}`);
  return image;
}

function unknown(what: string): AppError {
  return new AppError({ code: "invalid-argument", what: `${what} is not in this edition` });
}
