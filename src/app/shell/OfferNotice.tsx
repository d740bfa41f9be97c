import type { Offer } from "../session/session-state.ts";

interface OfferNoticeProps {
  readonly offer: Offer;
  onTake(): void;
  onDecline(): void;
}

const count = new Intl.NumberFormat("en");

/** What a run asks before it goes on, with the two answers. Nothing is lost by either. */
export function OfferNotice(props: OfferNoticeProps) {
  const words = () => offerWords(props.offer);
  return (
    <section class="offer" aria-label="Question" data-offer={props.offer.kind}>
      <p class="load-title">{words().title}</p>
      <p>{words().sentence}</p>
      <div class="notice-actions">
        <button type="button" class="button is-primary" onClick={() => props.onTake()}>
          {words().take}
        </button>
        <button type="button" class="button" onClick={() => props.onDecline()}>
          {words().decline}
        </button>
      </div>
    </section>
  );
}

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
        sentence:
          "Its part for texts has not been fetched, because pictures do not need it. It is downloaded and converted once, then kept.",
        take: "Fetch the part for texts",
        decline: "Not now",
      };
    case "embed-sentences":
      return {
        title: `${offer.model} has not read these sentences yet`,
        sentence: `“${offer.edition}” was embedded by another model, and distances between two models mean nothing. This device can embed its ${count.format(offer.sentences)} sentences with ${offer.model}; that takes a few minutes once and is then kept.`,
        take: "Embed the sentences",
        decline: "Use the demo encoder",
      };
  }
}
