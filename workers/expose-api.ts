import { expose, transferHandlers } from "comlink";
import { createErrorTransfer } from "../src/core/error-transfer.ts";
import { announceLife } from "./announce-life.ts";

/**
 * Exposes `api` to the page and makes thrown `AppError`s cross with their detail: comlink's own handler would keep only
 * message, name and stack. The page registers the same in src/client/spawn-worker.ts, and watches over the worker's life.
 *
 * @returns resolves once the page can notice the worker's end; calls are taken before that
 */
export function exposeApi(api: object): Promise<void> {
  const isThrown = transferHandlers.get("throw")?.canHandle;
  transferHandlers.set(
    "throw",
    createErrorTransfer((value) => isThrown?.(value) ?? false),
  );
  expose(api);
  return announceLife();
}
