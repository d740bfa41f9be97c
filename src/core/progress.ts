/** What a long task is doing. Sizes come from manifests, so that a total never changes once it is known. */
export type Progress =
  | {
      readonly phase: "download";
      /** What is being fetched, as a key: "model", "router", "texts" … */
      readonly item: string;
      /** Bytes so far and in all. */
      readonly loaded: number;
      readonly total: number;
    }
  | {
      readonly phase: "convert";
      /** What is being converted: "vision" or "text". */
      readonly item: string;
      /** Bytes of weights, as float32, so far and in all. */
      readonly loaded: number;
      readonly total: number;
    }
  | { readonly phase: "step"; readonly step: ProgressStep }
  | {
      readonly phase: "embed";
      /** Sentences embedded so far and in all. */
      readonly embedded: number;
      readonly total: number;
    }
  | {
      readonly phase: "scan";
      /** Rows scored so far and rows in the edition. */
      readonly scanned: number;
      readonly total: number;
    };

/** Steps that have no size of their own, in the order in which a person meets them. */
export type ProgressStep =
  | "decode-picture"
  | "prepare-model"
  | "self-test"
  | "embed-picture"
  | "open-edition"
  | "route"
  | "re-rank"
  | "read-texts"
  | "explain";

/** Takes progress reports; called at most about ten times a second by one producer. */
export type ReportProgress = (progress: Progress) => void;
