import { AppError } from "../errors.ts";
import type { ReportProgress } from "../progress.ts";
import { quantizeRows } from "./block-quantize.ts";
import {
  describeAdapter,
  KNOWN_ANSWER_DIGITS,
  KNOWN_ANSWER_TOLERANCE,
  type PackOptions,
  type PackSources,
  projectionTables,
  storedTable,
  type TextPart,
} from "./build-pack.ts";
import { describeTextAnswer, knownAnswerTokens } from "./known-answer.ts";
import { PACK_FILES, type PackFile, type TextShape, type WeightStorage } from "./pack-manifest.ts";
import { type PackSink, type PackTools, writePackFile } from "./pack-output.ts";
import { TEXT_TENSORS } from "./pack-tensors.ts";
import { runText } from "./run-text.ts";
import { formatSafetensors, type TensorToWrite } from "./safetensors.ts";
import type { FloatTensor, Session } from "./session.ts";
import { streamGraph } from "./stream-graph.ts";
import { readTextTensors } from "./text-tensors.ts";
import { planTextPieces, planTextTower } from "./text-tower.ts";
import { readTower, type TowerReader } from "./tower-reader.ts";

function shapeOf({ model }: PackSources): TextShape {
  const { width, heads, layers, contextLength, vocabularySize, endOfTextToken } = model.config.text;
  return { width, heads, layers, contextLength, vocabularySize, endOfTextToken };
}

/** The token table: rows of codes with a scale each in `q8`, where it would be half of the download otherwise. */
function tokenTables(
  rows: Float32Array<ArrayBuffer>,
  { vocabularySize, width }: TextShape,
  storage: WeightStorage,
): readonly TensorToWrite[] {
  const shape = [vocabularySize, width];
  if (storage !== "q8") return [storedTable(TEXT_TENSORS.tokens, shape, rows, storage)];
  const { codes, scales } = quantizeRows(rows, width);
  return [
    { name: TEXT_TENSORS.tokens, shape, data: codes },
    { name: TEXT_TENSORS.tokenScales, shape: [vocabularySize], data: scales },
  ];
}

async function writeTensors(
  { model, adapter }: PackSources,
  { storage }: PackOptions,
  shape: TextShape,
  tower: TowerReader,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const embeddings = "text_model.embeddings";
  const read = (name: string): Promise<Float32Array<ArrayBuffer>> => tower.read([name], signal);
  const tokens = tokenTables(await read(`${embeddings}.token_embedding.weight`), shape, storage);
  return formatSafetensors([
    ...projectionTables(
      "text_projection",
      await read("text_projection.weight"),
      [model.config.dim, shape.width],
      adapter,
      TEXT_TENSORS,
      storage,
    ),
    storedTable(
      TEXT_TENSORS.positions,
      [shape.contextLength, shape.width],
      await read(`${embeddings}.position_embedding.weight`),
      storage,
    ),
    ...tokens,
  ]);
}

/** The tokenizer's files, which only models with a text tower have. */
function requireFile(
  content: Uint8Array<ArrayBuffer> | null,
  file: string,
): Uint8Array<ArrayBuffer> {
  if (content !== null) return content;
  throw new AppError({ code: "weights-invalid", file, why: "is missing" });
}

/**
 * Builds the text part of a pack and writes its files to `sink`; it can join a vision part that was built before.
 *
 * Storage `q8` keeps the layers in 8-bit blocks and the token table in 8-bit rows; see `buildVisionPart` for the others.
 *
 * @param report gets the phase "convert", item "text"
 * @throws AppError `weights-invalid` where a tensor holds NaN or the model has no text tower or tokenizer,
 *   `session-failed` where the graph does not run; an AbortError after `signal`
 */
export async function buildTextPart(
  sources: PackSources,
  options: PackOptions,
  tools: PackTools,
  sink: PackSink,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<TextPart> {
  const { createDigest } = tools;
  const { storage } = options;
  const { config } = sources.model;
  const tokenizer = requireFile(sources.tokenizer, PACK_FILES.tokenizer);
  const tokenizerConfig = requireFile(sources.tokenizerConfig, PACK_FILES.tokenizerConfig);
  const tower = readTower(sources.model, "text", createDigest, report);
  const shape = shapeOf(sources);
  const adapter = describeAdapter(sources.adapter, createDigest);
  const write = (file: string, content: Uint8Array<ArrayBuffer>): Promise<PackFile> =>
    writePackFile(sink, file, "text", content, createDigest);
  const bytes = await writeTensors(sources, options, shape, tower, signal);
  const tensors = readTextTensors(bytes, { dim: config.dim, storage, adapter, text: shape });
  const tables = await write(PACK_FILES.textTensors, bytes);
  let hidden: FloatTensor | undefined;
  let feeds: FloatTensor | undefined;
  const whole = planTextTower(config, storage);
  // The first run of `runText` shows what the tower is given, the second one projects what it answered.
  const tokens = [knownAnswerTokens(shape)];
  const embed = (session: Session) => runText(session, tensors, shape, tokens, signal);
  await embed({
    run: async ({ inputs_embeds: input }) => {
      feeds = input;
      return input === undefined ? {} : { hidden: input };
    },
  });
  const files = await streamGraph(
    { name: PACK_FILES.text, part: "text", whole, pieces: planTextPieces(config, storage) },
    tower,
    tools,
    sink,
    async (session) => {
      const input = hidden ?? feeds;
      if (input !== undefined) ({ hidden } = await session.run({ inputs_embeds: input }));
    },
    signal,
  );
  const { base } = await embed({ run: async () => (hidden === undefined ? {} : { hidden }) });
  return {
    storage,
    textFingerprint: tower.fingerprint(),
    adapter,
    dim: config.dim,
    shape,
    knownAnswer: describeTextAnswer(base, KNOWN_ANSWER_TOLERANCE, KNOWN_ANSWER_DIGITS),
    files: [
      ...files,
      tables,
      await write(PACK_FILES.tokenizer, tokenizer),
      await write(PACK_FILES.tokenizerConfig, tokenizerConfig),
    ],
  };
}
