import { AppError } from "../errors.ts";
import { type FieldReader, readFields } from "./json-fields.ts";

/** How a picture becomes the model's input, as far as models differ in it. */
export interface Preprocessing {
  /** Mean and deviation by colour channel, of values in [0, 1]. */
  readonly imageMean: readonly number[];
  readonly imageStd: readonly number[];
}

const CONFIG_FILE = "preprocessor_config.json";
/** Pillow's number for bicubic resampling, the one that is ported. */
const BICUBIC = 3;
const BYTE_SCALE = 1 / 255;

function invalid(why: string): AppError {
  return new AppError({ code: "weights-invalid", file: CONFIG_FILE, why });
}

/** A size is written as a number, as {shortest_edge}, or as {height, width}. */
function sideOf(fields: FieldReader, name: string): number {
  if (typeof fields.raw(name) === "number") return fields.integer(name, 1, Number.MAX_SAFE_INTEGER);
  const size = fields.object(name);
  if (size.has("shortest_edge")) return size.integer("shortest_edge", 1, Number.MAX_SAFE_INTEGER);
  const height = size.integer("height", 1, Number.MAX_SAFE_INTEGER);
  if (size.integer("width", 1, Number.MAX_SAFE_INTEGER) !== height) {
    throw invalid(`${name} is not square`);
  }
  return height;
}

/**
 * Reads preprocessor_config.json, and checks that it asks for what this program does: shortest edge to the model's size
 * by bicubic resampling, centre crop, scale by 1/255, normalise.
 *
 * @throws AppError `weights-invalid` where it asks for anything else
 */
export function readPreprocessing(json: unknown, imageSize: number): Preprocessing {
  const fields = readFields(json, "", invalid);
  for (const step of ["do_resize", "do_center_crop", "do_rescale", "do_normalize"]) {
    if (fields.has(step) && fields.raw(step) !== true) throw invalid(`${step} is not set`);
  }
  for (const name of ["size", "crop_size"]) {
    if (sideOf(fields, name) !== imageSize) throw invalid(`${name} is not ${imageSize}`);
  }
  if (fields.has("resample")) fields.integer("resample", BICUBIC, BICUBIC);
  if (fields.has("rescale_factor")) {
    const factor = fields.positive("rescale_factor");
    if (Math.abs(factor - BYTE_SCALE) > 1e-9) throw invalid("rescale_factor is not 1/255");
  }
  const imageStd = fields.numbers("image_std", 3);
  if (imageStd.some((deviation) => deviation <= 0)) throw invalid("image_std is not positive");
  return { imageMean: fields.numbers("image_mean", 3), imageStd };
}
