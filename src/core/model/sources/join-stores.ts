import { AppError } from "../../errors.ts";
import { readFields } from "../json-fields.ts";
import type { TensorStore } from "../tensor-store.ts";

/** Name of the list that belongs to weights in several files. */
export const SHARD_INDEX_FILE = "model.safetensors.index.json";

/**
 * Makes one store of several files.
 *
 * @throws AppError `weights-invalid` where two of them hold a tensor of one name
 */
export function joinStores(stores: readonly TensorStore[]): TensorStore {
  const owners = new Map<string, TensorStore>();
  const shapes = new Map<string, readonly number[]>();
  const file = stores.map((store) => store.file).join(", ");
  for (const store of stores) {
    for (const [name, shape] of store.shapes) {
      const other = owners.get(name);
      if (other !== undefined) {
        const why = `${name} is in ${other.file} too`;
        throw new AppError({ code: "weights-invalid", file: store.file, why });
      }
      owners.set(name, store);
      shapes.set(name, shape);
    }
  }
  return {
    file,
    shapes,
    async read(name, signal) {
      const owner = owners.get(name);
      if (owner === undefined) {
        throw new AppError({ code: "weights-invalid", file, why: `${name} is missing` });
      }
      return owner.read(name, signal);
    },
  };
}

/**
 * Reads which shards an index names, and checks what they hold against it.
 *
 * @param json parsed model.safetensors.index.json: {weight_map: {tensor: file}}
 * @param open opens the shard of that name
 * @throws AppError `weights-invalid` naming the tensor that its shard lacks
 */
export async function openShards(
  json: unknown,
  open: (name: string) => Promise<TensorStore>,
): Promise<TensorStore> {
  const invalid = (why: string) =>
    new AppError({ code: "weights-invalid", file: SHARD_INDEX_FILE, why });
  const map = readFields(json, "", invalid).raw("weight_map");
  if (typeof map !== "object" || map === null) throw invalid("weight_map is not an object");
  const wanted = new Map<string, string[]>();
  for (const [name, file] of Object.entries(map)) {
    if (typeof file !== "string") throw invalid(`weight_map.${name} is not a file's name`);
    wanted.set(file, [...(wanted.get(file) ?? []), name]);
  }
  if (wanted.size === 0) throw invalid("weight_map names no file");
  const stores: TensorStore[] = [];
  for (const [file, names] of wanted) {
    const store = await open(file);
    const absent = names.find((name) => !store.shapes.has(name));
    if (absent !== undefined) throw invalid(`${absent} is not in ${file}`);
    stores.push(store);
  }
  return joinStores(stores);
}
