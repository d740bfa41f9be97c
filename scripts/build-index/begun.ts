import type { PackTexts } from "./adapter-transform.ts";
import type { BuildOptions, BuildTask } from "./build-options.ts";
import type { PreparedCorpus } from "./prepare-corpus.ts";
import type { WorkFolder } from "./work-folder.ts";

/** What a build knows when it has begun. */
export interface Begun {
  readonly options: BuildOptions;
  readonly task: BuildTask;
  readonly pack: PackTexts | null;
  readonly fingerprint: string;
  readonly corpus: PreparedCorpus;
  /** Work folders that chunks may be in, this machine's first. */
  readonly folders: readonly WorkFolder[];
  readonly signal: AbortSignal;
}
