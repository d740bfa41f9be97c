import type { ConverterClient } from "../../client/converter-client.ts";
import type { EncoderClient } from "../../client/encoder-client.ts";
import type { OwnTextsClient } from "../../client/own-texts-client.ts";
import type { SearchClient } from "../../client/search-client.ts";
import type { AppErrorDetail } from "../../core/errors.ts";
import type { OpenModelRequest } from "../../core/protocol.ts";
import type { ChoiceMemory } from "../models/model-choice.ts";

/** Everything outside the page's own state that a session needs; a test passes doubles. */
export interface SessionServices {
  /** What the session asks of the workers' clients. Every call rejects with an AbortError once its signal aborts. */
  readonly encoder: Pick<
    EncoderClient,
    "open" | "encodePicture" | "encodeRegion" | "explain" | "embedTexts" | "addText" | "dispose"
  >;
  readonly search: Pick<
    SearchClient,
    | "open"
    | "search"
    | "sentences"
    | "adoptVectors"
    | "source"
    | "catalogue"
    | "work"
    | "workText"
    | "workImage"
    | "prepare"
    | "kept"
    | "download"
    | "removeKept"
  >;
  /** Searches a person's own texts, and reads around their sentences. */
  readonly texts: Pick<OwnTextsClient, "search" | "source">;
  /** Whether there are own texts: without any, nothing asks for them. */
  readonly hasOwnTexts: () => boolean;
  /** Gives the files of the packs that were made on this device, and their parts for texts. */
  readonly converter: Pick<ConverterClient, "files" | "makeText">;
  /** The request for the demo encoder; another model is opened in the same way. */
  readonly model: OpenModelRequest;
  readonly choices: ChoiceMemory;
  /** Bytes of the published part for texts of a model with that name; null where none is known. */
  readonly textPartBytes: (name: string) => number | null;
  readonly editionUrl: string;
  /** The browser's storage, which is asked to keep what a person downloads. */
  readonly storage: () => Partial<Pick<StorageManager, "persist">> | undefined;
  /** True while the browser asks pages to spare the connection. */
  readonly savesData: () => boolean;
  /** Marks a moment on the page's timeline, such as "picture-encoded"; see the journeys in tests/e2e. */
  readonly mark: (name: string) => void;
}

/** True for failures after which the worker behind a service must be opened again. */
export function needsReopening(error: AppErrorDetail): boolean {
  return (
    error.code === "worker-crashed" ||
    error.code === "device-lost" ||
    error.code === "script-missing"
  );
}
