import type { Endpoint } from "comlink";
import { isLifeMessage } from "../core/worker-life.ts";

/**
 * Calls `onEnd` when the worker behind `endpoint` ends, however it ends: the lock that it says it holds is then free. See
 * workers/announce-life.ts.
 *
 * @returns ends the watch
 */
export function watchLife(endpoint: Endpoint, onEnd: () => void): () => void {
  const controller = new AbortController();
  const onMessage = (event: Event): void => {
    const data: unknown = Reflect.get(event, "data");
    if (!isLifeMessage(data)) return;
    navigator.locks
      .request(data.life, { signal: controller.signal }, async () => onEnd())
      // Ended by the caller, or locks are refused: then only errors tell of a worker's end.
      .catch(() => {});
  };
  endpoint.addEventListener("message", onMessage as EventListener);
  return () => controller.abort();
}
