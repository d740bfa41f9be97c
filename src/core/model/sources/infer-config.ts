import { AppError } from "../../errors.ts";
import { type ClipConfig, readClipConfig } from "../clip-config.ts";

type Shapes = ReadonlyMap<string, readonly number[]>;

/** Width of one head in every CLIP that OpenAI published, and open_clip's default. */
const HEAD_WIDTH = 64;

/** What the shapes of tensors cannot tell. */
export interface UnseenShape {
  /** Width of a head of the vision tower, of the text tower. */
  readonly visionHeadWidth?: number | undefined;
  readonly textHeadWidth?: number | undefined;
}

/**
 * Infers the shape of a CLIP model from its canonical tensors: heads are 64 wide unless told otherwise, the end of a text is
 * the highest token, and QuickGELU is taken for granted.
 *
 * @throws AppError `weights-invalid` naming the tensor that is missing, and config.json where it alone could tell
 */
export function inferClipConfig(
  shapes: Shapes,
  file: string,
  { visionHeadWidth = HEAD_WIDTH, textHeadWidth = HEAD_WIDTH }: UnseenShape = {},
): ClipConfig {
  const invalid = (why: string) => new AppError({ code: "weights-invalid", file, why });
  const side = (name: string, axis: number): number => {
    const length = shapes.get(name)?.[axis];
    if (length === undefined) {
      throw invalid(`${name} is missing, and there is no config.json that tells the model's shape`);
    }
    return length;
  };
  const tower = (name: "vision" | "text", headWidth: number): Record<string, number> => {
    const layer = `${name}_model.encoder.layers`;
    const width = side(`${layer}.0.layer_norm1.weight`, 0);
    if (width % headWidth !== 0) {
      throw invalid(
        `a width of ${width} is not made of heads of ${headWidth}: add config.json, which tells the number of heads`,
      );
    }
    let layers = 1;
    while (shapes.has(`${layer}.${layers}.layer_norm1.weight`)) layers += 1;
    return {
      hidden_size: width,
      num_hidden_layers: layers,
      num_attention_heads: width / headWidth,
      intermediate_size: side(`${layer}.0.mlp.fc1.weight`, 0),
    };
  };
  const patch = side("vision_model.embeddings.patch_embedding.weight", 2);
  const positions = side("vision_model.embeddings.position_embedding.weight", 0);
  const grid = Math.sqrt(positions - 1);
  if (!Number.isInteger(grid)) {
    throw invalid(`${positions} positions are not those of a square and a class token`);
  }
  const tokens = "text_model.embeddings";
  const vocabulary = side(`${tokens}.token_embedding.weight`, 0);
  return readClipConfig({
    projection_dim: side("visual_projection.weight", 0),
    vision_config: {
      ...tower("vision", visionHeadWidth),
      patch_size: patch,
      image_size: patch * grid,
    },
    text_config: {
      ...tower("text", textHeadWidth),
      vocab_size: vocabulary,
      max_position_embeddings: side(`${tokens}.position_embedding.weight`, 0),
      eos_token_id: vocabulary - 1,
    },
  });
}
