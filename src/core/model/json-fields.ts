/** Makes the typed error for a field that does not hold what it should. */
export type FieldError = (why: string) => Error;

/** Reads the fields of parsed JSON one by one and throws the caller's error for anything that does not fit. */
export interface FieldReader {
  /** The field as a non-empty string. */
  text(name: string): string;
  /** The field as a string, or null where it is null or missing. */
  optionalText(name: string): string | null;
  /** The field as an integer within `[least, most]`. */
  integer(name: string, least: number, most: number): number;
  /** The field as a finite number greater than zero. */
  positive(name: string): number;
  /** The field as a finite number within `[least, most]`. */
  number(name: string, least: number, most: number): number;
  /** The field as finite numbers; of exactly `length` numbers where a length is given. */
  numbers(name: string, length?: number): readonly number[];
  /** The field as strings. */
  texts(name: string): readonly string[];
  /** The field as a list of objects. */
  objects(name: string): readonly FieldReader[];
  /** The field as an object. */
  object(name: string): FieldReader;
  /** Tells whether the field is there and not null. */
  has(name: string): boolean;
  /** The field as it is. */
  raw(name: string): unknown;
}

/**
 * Opens a parsed JSON value as an object.
 *
 * @param json what `JSON.parse` gave
 * @param path where the object lies in its file, for the message; "" for the root
 * @param error makes the error to throw
 */
export function readFields(json: unknown, path: string, error: FieldError): FieldReader {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw error(`${path === "" ? "the file" : path} is not an object`);
  }
  const fields = new Map<string, unknown>(Object.entries(json));
  const at = (name: string): string => (path === "" ? name : `${path}.${name}`);
  const list = (name: string): readonly unknown[] => {
    const value = fields.get(name);
    if (!Array.isArray(value)) throw error(`${at(name)} is not a list`);
    return value;
  };
  const text = (name: string): string => {
    const value = fields.get(name);
    if (typeof value !== "string" || value === "") throw error(`${at(name)} is not a text`);
    return value;
  };
  return {
    text,
    optionalText: (name) => ((fields.get(name) ?? null) === null ? null : text(name)),
    integer(name, least, most) {
      const value = fields.get(name);
      if (
        typeof value !== "number" ||
        !Number.isSafeInteger(value) ||
        value < least ||
        value > most
      ) {
        throw error(`${at(name)} is not an integer from ${least} to ${most}`);
      }
      return value;
    },
    positive(name) {
      const value = fields.get(name);
      if (typeof value !== "number" || !Number.isFinite(value) || value <= 0) {
        throw error(`${at(name)} is not a positive number`);
      }
      return value;
    },
    number(name, least, most) {
      const value = fields.get(name);
      // Written so that NaN fails too.
      if (typeof value !== "number" || !(value >= least && value <= most)) {
        throw error(`${at(name)} is not a number from ${least} to ${most}`);
      }
      return value;
    },
    numbers(name, length) {
      const values = list(name).map((value) => {
        if (typeof value !== "number" || !Number.isFinite(value)) {
          throw error(`${at(name)} holds something other than finite numbers`);
        }
        return value;
      });
      if (length !== undefined && values.length !== length) {
        throw error(`${at(name)} holds ${values.length} numbers in place of ${length}`);
      }
      return values;
    },
    texts: (name) =>
      list(name).map((value) => {
        if (typeof value !== "string") throw error(`${at(name)} holds something other than texts`);
        return value;
      }),
    objects: (name) =>
      list(name).map((value, index) => readFields(value, `${at(name)}[${index}]`, error)),
    object: (name) => readFields(fields.get(name), at(name), error),
    has: (name) => (fields.get(name) ?? null) !== null,
    raw: (name) => fields.get(name),
  };
}
