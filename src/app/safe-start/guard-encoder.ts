import type { EncoderClient } from "../../client/encoder-client.ts";
import type { SafeStart } from "./create-safe-start.ts";

/** An encoder whose heavy work is marked, and whose models are opened as carefully as the last visit's end asks for. */
export function guardEncoder(encoder: EncoderClient, safe: SafeStart): EncoderClient {
  return {
    ...encoder,
    async open(signal, request, report) {
      await safe.ready;
      const careful = { ...request, safeMode: safe.isSafe() };
      return await safe.during(() => encoder.open(signal, careful, report));
    },
    encodePicture: (signal, picture, options, report) =>
      safe.during(() => encoder.encodePicture(signal, picture, options, report)),
  };
}
