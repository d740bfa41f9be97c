import { expose, transferHandlers } from "comlink";
import { fromWire, toWire, type WireError } from "../src/core/errors.ts";

interface ThrownMarker {
  readonly value: unknown;
}

/**
 * Exposes `api` to the page and makes thrown `AppError`s cross with their detail: comlink's own handler would keep only
 * message, name and stack. The page registers the mirror image in src/client/spawn-worker.ts.
 */
export function exposeApi(api: object): void {
  const isThrown = transferHandlers.get("throw")?.canHandle;
  transferHandlers.set("throw", {
    canHandle: (value: unknown): value is ThrownMarker => isThrown?.(value) ?? false,
    serialize: (thrown: ThrownMarker): [WireError, Transferable[]] => [toWire(thrown.value), []],
    deserialize: (wire: WireError): never => {
      throw fromWire(wire);
    },
  });
  expose(api);
}
