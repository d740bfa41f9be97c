import { formatBytes } from "../format-bytes.ts";
import type { Offer } from "../session/session-state.ts";

const count = new Intl.NumberFormat("en");

/** What an offer says, and its two answers. */
interface OfferWords {
  readonly title: string;
  readonly sentence: string;
  readonly take: string;
  readonly decline: string;
}

/** An offer in words. */
export function offerWords(offer: Offer): OfferWords {
  switch (offer.kind) {
    case "fetch-text":
      return {
        title: `${offer.model} cannot read words yet`,
        sentence: `Its part for texts has not been fetched, because pictures do not need it. ${offer.bytes === null ? "It" : `It has ${formatBytes(offer.bytes)}, and`} is downloaded and converted once, then kept.`,
        take: "Fetch the part for texts",
        decline: "Not now",
      };
    case "embed-sentences":
      return {
        title: `${offer.model} has not read these sentences yet`,
        sentence: `“${offer.edition}” was embedded by another model, and distances between two models mean nothing. This device can embed its ${count.format(offer.sentences)} sentences with ${offer.model}; that takes a few minutes once and is then kept.`,
        take: "Embed the sentences",
        decline: offer.canUseDemo ? "Use the demo encoder" : "Not now",
      };
  }
}
