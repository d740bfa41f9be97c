import { vi } from "vitest";

/** Waits until `check` no longer throws: for as long as a busy machine may take, where the library's own limit is a second. */
export function waitFor<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 20_000, interval: 10 });
}
