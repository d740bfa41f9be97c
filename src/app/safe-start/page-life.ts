/** This page among the other tabs of the site. */
export interface PageLife {
  /** Tells this page from every other one, past and present. */
  readonly id: string;
  /**
   * Lets other tabs see that this page lives, and finds out which of them do.
   *
   * @returns tells whether the page with that id lives
   */
  begin(): Promise<(pageId: string) => boolean>;
  /** The page is left in an orderly way; it may come back. */
  onLeave(listener: () => void): void;
  onReturn(listener: () => void): void;
}

/** Name of the lock that a living page holds; the browser takes it away however the page ends. */
const lockName = (pageId: string) => `artefact-page-${pageId}`;

/** Where a tab keeps the id of its page, so that a browser without locks at least knows its own. */
const OWN_ID = "artefact.page";

/**
 * This page, by the browser's own means: a lock that ends with the page. Without locks only the page that was in this same
 * tab before can be said to be gone.
 */
export function createPageLife(): PageLife {
  const id = crypto.randomUUID();
  return {
    id,
    async begin() {
      const before = exchangeOwnId(id);
      const locks = "locks" in navigator ? navigator.locks : null;
      if (locks === null) return (pageId) => pageId !== before;
      try {
        await new Promise<void>((resolve, reject) => {
          const held = async () => {
            resolve();
            await new Promise(() => undefined);
          };
          locks.request(lockName(id), held).catch(reject);
        });
        const { held = [] } = await locks.query();
        const names = new Set(held.map(({ name }) => name));
        return (pageId) => names.has(lockName(pageId));
      } catch {
        return (pageId) => pageId !== before;
      }
    },
    onLeave: (listener) => addEventListener("pagehide", listener),
    onReturn: (listener) =>
      addEventListener("pageshow", (event) => {
        if (event.persisted) listener();
      }),
  };
}

function exchangeOwnId(id: string): string | null {
  try {
    const before = sessionStorage.getItem(OWN_ID);
    sessionStorage.setItem(OWN_ID, id);
    return before;
  } catch {
    return null;
  }
}
