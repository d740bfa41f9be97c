import { fromWire, toWire, type WireError } from "./errors.ts";

/** How a messaging library marks a value that was thrown on the other side. */
interface ThrownMarker {
  readonly value: unknown;
}

/** What comlink calls a transfer handler, for thrown values. */
export interface ErrorTransfer {
  canHandle(value: unknown): value is ThrownMarker;
  serialize(thrown: ThrownMarker): [WireError, []];
  deserialize(wire: WireError): never;
}

/**
 * Carries thrown values between page and workers as our typed errors: comlink's own handler, whose place it takes on both
 * sides, would keep only message, name and stack.
 *
 * @param isThrown tells comlink's mark of a thrown value; that of the handler that is replaced
 */
export function createErrorTransfer(isThrown: (value: unknown) => boolean): ErrorTransfer {
  return {
    canHandle: (value): value is ThrownMarker => isThrown(value),
    serialize: (thrown) => [toWire(thrown.value), []],
    deserialize(wire) {
      throw fromWire(wire);
    },
  };
}
