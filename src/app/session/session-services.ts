import type { AppErrorDetail } from "../../core/errors.ts";
import type { ReportProgress } from "../../core/progress.ts";
import type {
  EditionInfo,
  EncodedPicture,
  EncoderInfo,
  ExplainRequest,
  OpenModelRequest,
  SearchAnswer,
  SearchRequest,
} from "../../core/protocol.ts";

/** What the session asks of the encoder worker. Every call rejects with an AbortError once `signal` aborts. */
interface EncoderService {
  open(
    signal: AbortSignal,
    request: OpenModelRequest,
    report: ReportProgress,
  ): Promise<EncoderInfo>;
  encodePicture(
    signal: AbortSignal,
    picture: Blob,
    report: ReportProgress,
  ): Promise<EncodedPicture>;
  explain(signal: AbortSignal, request: ExplainRequest): Promise<Float32Array<ArrayBuffer>>;
}

/** What the session asks of the search worker. */
interface SearchService {
  open(signal: AbortSignal, editionUrl: string, report: ReportProgress): Promise<EditionInfo>;
  search(
    signal: AbortSignal,
    request: SearchRequest,
    onAnswer: (answer: SearchAnswer) => void,
    report: ReportProgress,
  ): Promise<SearchAnswer>;
}

/** Everything outside the page's own state that a session needs; a test passes doubles. */
export interface SessionServices {
  readonly encoder: EncoderService;
  readonly search: SearchService;
  readonly model: OpenModelRequest;
  readonly editionUrl: string;
  /** Marks a moment on the page's timeline, such as "picture-encoded"; see the journeys in tests/e2e. */
  readonly mark: (name: string) => void;
}

/** True for failures after which the worker behind a service must be opened again. */
export function needsReopening(error: AppErrorDetail): boolean {
  return error.code === "worker-crashed" || error.code === "device-lost";
}
