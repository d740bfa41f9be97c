import { ALL_QUALITY_FLAGS } from "../quality/flags.ts";

/** In which order a list shows what was found: by nearness, or so that it says less of the same. */
export type ListOrder = "closest" | "varied";

/** How much of what a search finds is listed, and how. */
export interface Listing {
  /** Sentences that are listed, from 1 to {@link MOST_LISTED}. */
  readonly count: number;
  readonly order: ListOrder;
  /** Bits of src/core/quality: sentences that carry any of them are not searched. */
  readonly hiddenFlags: number;
}

/** Sentences of a list that nobody has asked to see more of, and the least that is added to one. */
export const PAGE_SIZE = 25;
/** The larger step. */
const MANY = 100;
/** Sentences of the longest list. */
export const MOST_LISTED = 1000;
/** For every varied page, this many pages of the closest sentences are chosen from. */
const POOL_PAGES = 4;

/** The list that a page begins with. */
export const FIRST_LISTING: Listing = {
  count: PAGE_SIZE,
  order: "closest",
  hiddenFlags: ALL_QUALITY_FLAGS,
};

/** The same list, for another query: as short as at first. */
export function restarted(listing: Listing): Listing {
  return listing.count === PAGE_SIZE ? listing : { ...listing, count: PAGE_SIZE };
}

/** The list with more sentences, as far as lists go. */
export function lengthened(listing: Listing, by: number): Listing {
  return {
    ...listing,
    count: Math.min(MOST_LISTED, mostListed(listing.order), listing.count + by),
  };
}

/** Sentences of the longest list in an order: a varied one is chosen among several times as many. */
export function mostListed(order: ListOrder): number {
  return order === "varied" ? MOST_LISTED / POOL_PAGES : MOST_LISTED;
}

/** How many sentences a search must find for a list: more than are shown, where a choice is made among them. */
export function poolSize({ count, order }: Listing): number {
  return order === "varied" ? Math.min(MOST_LISTED, count * POOL_PAGES) : count;
}

/**
 * By how many sentences a list may be lengthened that `room` more have a place in: a few or many, or the few that remain; never more
 * than there are.
 */
export function stepsWithin(room: number): readonly number[] {
  const steps = room > PAGE_SIZE ? [PAGE_SIZE, MANY] : [PAGE_SIZE];
  return room > 0 ? steps.map((step) => Math.min(step, room)) : [];
}
