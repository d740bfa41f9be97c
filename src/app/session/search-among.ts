import { isAbort } from "../../core/errors.ts";
import type { Among } from "../../core/facets/filter.ts";
import { mergeAnswers } from "../../core/own-texts/merge-answers.ts";
import type { ReportProgress } from "../../core/progress.ts";
import type { AdoptedModel, SearchAnswer, SearchRequest } from "../../core/protocol.ts";
import { errorDetail } from "../error-detail.ts";
import type { SessionParts } from "./session-parts.ts";

/** What is searched for, and where. */
interface AmongRequest {
  readonly among: Among;
  /** The open model, whose vectors of own texts are compared. */
  readonly model: AdoptedModel;
  readonly request: Omit<SearchRequest, "adopted" | "works">;
  /** What the edition alone is asked besides. */
  readonly edition: Pick<SearchRequest, "adopted" | "works">;
}

/**
 * Searches the edition, a person's own texts, or both as one. Own texts are few and here, so that their answer is there before
 * the edition's last wave. Where they cannot be searched, the edition still is, and the page says so.
 *
 * @param onAnswer gets the answer of every wave but the last
 * @throws AppError what the services throw; an AbortError after `signal`
 */
export async function searchAmong(
  { services, dispatch }: Pick<SessionParts, "services" | "dispatch">,
  { among, model, request, edition }: AmongRequest,
  onAnswer: (answer: SearchAnswer) => void,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<SearchAnswer> {
  const searchOwn = (query: Omit<SearchRequest, "adopted" | "works">) =>
    services.texts.search(signal, { ...copied(query), model });
  if (among === "own") return await searchOwn(request);

  let own: SearchAnswer | null = null;
  let searching: Promise<void> | null = null;
  const beginOwn = (query: Omit<SearchRequest, "adopted" | "works">): Promise<void> => {
    searching ??= searchOwn(query).then(
      (answer) => {
        own = answer;
      },
      (error: unknown) => {
        if (!isAbort(error)) dispatch({ type: "refused", error: errorDetail(error) });
      },
    );
    return searching;
  };
  /** A phrase weighs as much beside own sentences as beside the edition's, or their scores would be of two scales. */
  const asWeighed = ({ query }: SearchAnswer): Omit<SearchRequest, "adopted" | "works"> => {
    const { phrase: _, ...alone } = request;
    return query === undefined ? request : { ...alone, query };
  };
  const merged = (answer: SearchAnswer): SearchAnswer =>
    own === null ? answer : mergeAnswers(answer, own, request.count);

  if (among === "both" && request.phrase === undefined) void beginOwn(request);
  const last = await services.search.search(
    signal,
    { ...copied(request), ...edition },
    (wave) => {
      if (among === "both") void beginOwn(asWeighed(wave));
      onAnswer(merged(wave));
    },
    report,
  );
  if (among === "both") await beginOwn(asWeighed(last));
  return merged(last);
}

/** A request whose vectors may be handed over. */
function copied<T extends Pick<SearchRequest, "query" | "phrase">>(request: T): T {
  const { query, phrase } = request;
  return {
    ...request,
    query: query.slice(),
    ...(phrase === undefined ? {} : { phrase: { ...phrase, vector: phrase.vector.slice() } }),
  };
}
