import { spawn } from "node:child_process";
import { createWriteStream, existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SAMPLE_MS = 500;

/** What a run of the builder took. */
export interface BuilderRun {
  readonly seconds: number;
  /** Most resident memory of its process, in bytes; null where the system does not tell. */
  readonly peakBytes: number | null;
  /** True where an earlier run had done a part, which `seconds` does not count. */
  readonly isResumed: boolean;
}

/**
 * Runs `npm run build:index` in a process of its own and watches its memory.
 *
 * @param corpus folder that `generate:corpus` wrote
 * @param out folder of the edition
 * @param log file that takes what it prints
 * @throws Error where it fails; an AbortError after `signal`, which also stops it
 */
export async function runBuilder(
  corpus: string,
  out: string,
  log: string,
  signal: AbortSignal,
): Promise<BuilderRun> {
  const isResumed = existsSync(`${resolve(out)}.work`);
  const start = performance.now();
  const child = spawn(
    process.execPath,
    ["--import", "tsx", "scripts/build-index/main.ts", ...builderOptions(corpus, out)],
    { cwd: ROOT, signal, stdio: ["ignore", "pipe", "pipe"] },
  );
  const file = createWriteStream(log, { flags: "a" });
  child.stdout.pipe(file, { end: false });
  child.stderr.pipe(file, { end: false });
  let peakBytes: number | null = null;
  const timer = setInterval(() => {
    void residentBytes(child.pid).then((bytes) => {
      if (bytes !== null) peakBytes = Math.max(peakBytes ?? 0, bytes);
    });
  }, SAMPLE_MS);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    if (code !== 0) throw new Error(`the builder ended with ${code}: see ${log}`);
    return { seconds: (performance.now() - start) / 1000, peakBytes, isResumed };
  } finally {
    clearInterval(timer);
    file.end();
  }
}

/** Most memory that a process has had so far: VmHWM of Linux. */
async function residentBytes(pid: number | undefined): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}

/** Both models where the corpus has them, and queries that it was not made from. */
function builderOptions(corpus: string, out: string): string[] {
  const adapted = existsSync(`${corpus}/paintingclip_embeddings.safetensors`)
    ? [
        ...["--painting-embeddings", `${corpus}/paintingclip_embeddings.safetensors`],
        ...["--painting-ids", `${corpus}/paintingclip_embeddings_sentence_ids.json`],
        ...["--adapter", corpus, "--text-projection", `${corpus}/text_projection.safetensors`],
      ]
    : [];
  return [
    ...adapted,
    ...["--json", `${corpus}/json`],
    ...["--embeddings", `${corpus}/clip_embeddings.safetensors`],
    ...["--ids", `${corpus}/clip_embeddings_sentence_ids.json`],
    ...["--query-images", `${corpus}/image_training.safetensors`],
    ...["--queries", `${corpus}/image_queries.safetensors`],
    ...["--text-queries", `${corpus}/text_queries.safetensors`],
    ...["--fingerprint", "synthetic", "--name", "Synthetic corpus"],
    ...["--out", out],
  ];
}
