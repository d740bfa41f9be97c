/** What the browser says of the room that it gives this site. */
export interface StorageRoom {
  /** Whether the browser promised not to clear the site's files by itself. */
  readonly isPersistent: boolean;
  /** Bytes that may still be stored; null where the browser does not say. */
  readonly free: number | null;
}

type StorageManagerLike = Partial<Pick<StorageManager, "persisted" | "estimate" | "persist">>;

/** Asks how much room there is, and whether what is kept stays. Never fails: a browser that says nothing promises nothing. */
export async function readStorageRoom(
  storage: StorageManagerLike | undefined,
): Promise<StorageRoom> {
  const isPersistent = await (storage?.persisted?.() ?? Promise.resolve(false)).catch(() => false);
  const estimate = await (storage?.estimate?.() ?? Promise.resolve({})).catch(
    (): StorageEstimate => ({}),
  );
  const { quota, usage }: StorageEstimate = estimate;
  const free = quota === undefined ? null : Math.max(0, quota - (usage ?? 0));
  return { isPersistent, free };
}

/** Asks the browser to keep what is stored until the person removes it; some ask the person in turn. */
export async function requestPersistence(
  storage: StorageManagerLike | undefined,
): Promise<boolean> {
  try {
    return (await storage?.persist?.()) === true;
  } catch {
    return false;
  }
}
