import { type Accessor, createSignal } from "solid-js";
import type { PageLife } from "./page-life.ts";
import type { WorkMarks } from "./work-marks.ts";

/** Notices that an earlier page ended in the middle of heavy work, and lets this one start carefully then. */
export interface SafeStart {
  /** Resolves once it is known whether to be careful. */
  readonly ready: Promise<void>;
  readonly isSafe: Accessor<boolean>;
  /** Ends the careful mode for this visit. */
  leave(): void;
  /** Does heavy work under a mark that outlives a crash of the page. */
  during<T>(work: () => Promise<T>): Promise<T>;
}

/** A mark older than this tells nothing of today's device, in milliseconds: a week. */
const OLDEST_MARK = 7 * 24 * 60 * 60 * 1000;

/**
 * Creates it. Marks of pages that live on in other tabs are left alone.
 *
 * @param now the time in milliseconds, comparable between visits
 */
export function createSafeStart(marks: WorkMarks, life: PageLife, now: () => number): SafeStart {
  const [isSafe, setIsSafe] = createSignal(false);
  /** Pieces of work under way, and whether the page may be marked: only once others can see that it lives. */
  let running = 0;
  let isVisible = false;

  const renew = () => {
    if (running > 0 && isVisible) marks.set(life.id, now());
    else marks.clear(life.id);
  };

  async function start(): Promise<void> {
    const before = marks.all();
    const living = await life.begin();
    isVisible = true;
    renew();
    for (const [pageId, at] of before) {
      if (pageId === life.id || living(pageId)) continue;
      marks.clear(pageId);
      if (now() - at < OLDEST_MARK) setIsSafe(true);
    }
  }

  life.onLeave(() => {
    isVisible = false;
    renew();
  });
  life.onReturn(() => {
    isVisible = true;
    renew();
  });

  return {
    ready: start(),
    isSafe,
    leave: () => setIsSafe(false),
    async during(work) {
      running += 1;
      renew();
      try {
        return await work();
      } finally {
        running -= 1;
        renew();
      }
    },
  };
}
