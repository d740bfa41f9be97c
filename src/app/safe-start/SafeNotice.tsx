interface SafeNoticeProps {
  onLeave(): void;
}

/** Says that the page starts carefully, and why. */
export function SafeNotice(props: SafeNoticeProps) {
  return (
    <section class="notice is-calm" aria-label="Careful start" data-safe-start>
      <div>
        <p>
          This page ended unexpectedly at its last visit, so it works carefully now: on the
          processor, with as little memory as possible, and it loads nothing before you ask.
        </p>
      </div>
      <div class="notice-actions">
        <button type="button" class="button" onClick={() => props.onLeave()}>
          Try the normal way
        </button>
      </div>
    </section>
  );
}
