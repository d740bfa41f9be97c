import type { Offer } from "../session/session-state.ts";
import { offerWords } from "./offer-words.ts";

interface OfferNoticeProps {
  readonly offer: Offer;
  onTake(): void;
  onDecline(): void;
}

/** What a run asks before it goes on, with the two answers. Nothing is lost by either. */
export function OfferNotice(props: OfferNoticeProps) {
  const words = () => offerWords(props.offer);
  return (
    <section
      // On a phone the question may stand below what is in sight.
      ref={(section) => queueMicrotask(() => section.scrollIntoView({ block: "nearest" }))}
      class="offer"
      aria-label="Question"
      data-offer={props.offer.kind}
    >
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
