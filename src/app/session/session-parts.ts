import type { Accessor } from "solid-js";
import type { Catalogue } from "../../core/facets/catalogue.ts";
import type { EditionInfo, EncoderInfo } from "../../core/protocol.ts";
import type { Asking } from "./asking.ts";
import type { Encodings } from "./encodings.ts";
import type { ModelInUse } from "./model-in-use.ts";
import type { Opening } from "./opening.ts";
import type { PhraseVectors } from "./phrase-vectors.ts";
import type { Runs } from "./runs.ts";
import type { SessionServices } from "./session-services.ts";
import type { SessionEvent, SessionState } from "./session-state.ts";

/** What the session's own modules share: the state and the one way to change it, and what was opened. */
export interface SessionParts {
  readonly services: SessionServices;
  readonly state: Accessor<SessionState>;
  readonly dispatch: (event: SessionEvent) => void;
  readonly runs: Runs;
  readonly model: ModelInUse;
  readonly encoder: Opening<EncoderInfo>;
  readonly edition: Opening<EditionInfo>;
  /** What the edition's works can be filtered by; null until it is open. */
  readonly catalogue: Accessor<Catalogue | null>;
  readonly encodings: Encodings;
  readonly phrases: PhraseVectors;
  readonly asking: Asking;
}
