import type { FieldError, FieldReader } from "../model/json-fields.ts";

/** One immutable file: its content hash is part of its name, so that no cache can ever mix two editions. */
export interface EditionFile {
  readonly name: string;
  readonly bytes: number;
  /** Hex SHA-256 of the whole. */
  readonly sha256: string;
}

/** A file whose parts are checked by hashes in the manifest: consecutive chunks of `chunkBytes`, the last may be shorter. */
export interface ChunkedFile extends EditionFile {
  readonly chunkBytes: number;
  /** Hex SHA-256 of each chunk. */
  readonly chunkSha256: readonly string[];
}

/** The files of one index; the blocks of all but `router` and `hashes` are checked by `hashes`. */
export interface IndexFiles {
  readonly router: ChunkedFile;
  readonly sign: EditionFile;
  readonly rest: EditionFile;
  readonly bywork: EditionFile;
  readonly hashes: ChunkedFile;
  readonly rows?: EditionFile;
}

/** The files of an edition: its index, and what the sentences are. */
export interface EditionFiles extends IndexFiles {
  readonly works: ChunkedFile;
  readonly texts: ChunkedFile;
  readonly sources: ChunkedFile;
  /** Which sentences say the same; an edition without near-duplicates may go without. */
  readonly similar?: ChunkedFile;
}

export type EditionFileName = keyof EditionFiles;

/** SHA-256 in hex. */
const HASH = /^[0-9a-f]{64}$/;
/** A plain file name: no folders, no scheme, nothing that leaves the edition's own folder. */
const PLAIN_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
/** Far above the 6.4 GB of 3.1 million exact rows; keeps nonsense away from arithmetic. */
const MOST_FILE_BYTES = 2 ** 40;

/** Reads the files of an index; throws what `corrupt` makes. */
export function parseIndexFiles(files: FieldReader, corrupt: FieldError): IndexFiles {
  const plain = (name: string) => parseFile(files.object(name), corrupt);
  return {
    router: parseChunked(files.object("router"), corrupt),
    sign: plain("sign"),
    rest: plain("rest"),
    bywork: plain("bywork"),
    hashes: parseChunked(files.object("hashes"), corrupt),
    ...(files.has("rows") ? { rows: plain("rows") } : {}),
  };
}

/** Reads the files of an edition; throws what `corrupt` makes. */
export function parseEditionFiles(files: FieldReader, corrupt: FieldError): EditionFiles {
  return {
    ...parseIndexFiles(files, corrupt),
    works: parseChunked(files.object("works"), corrupt),
    texts: parseChunked(files.object("texts"), corrupt),
    sources: parseChunked(files.object("sources"), corrupt),
    ...(files.has("similar") ? { similar: parseChunked(files.object("similar"), corrupt) } : {}),
  };
}

function parseFile(fields: FieldReader, corrupt: FieldError): EditionFile {
  const name = fields.text("name");
  if (!PLAIN_NAME.test(name)) throw corrupt(`${name} is not a plain file name`);
  const bytes = fields.integer("bytes", 1, MOST_FILE_BYTES);
  const sha256 = fields.text("sha256");
  if (!HASH.test(sha256)) throw corrupt(`the hash of ${name} is not a SHA-256`);
  return { name, bytes, sha256 };
}

function parseChunked(fields: FieldReader, corrupt: FieldError): ChunkedFile {
  const file = parseFile(fields, corrupt);
  const chunkBytes = fields.integer("chunkBytes", 1, MOST_FILE_BYTES);
  const chunkSha256 = fields.texts("chunkSha256");
  if (chunkSha256.length !== Math.ceil(file.bytes / chunkBytes)) {
    throw corrupt(`${file.name} has ${chunkSha256.length} chunk hashes`);
  }
  if (!chunkSha256.every((hash) => HASH.test(hash))) {
    throw corrupt(`a hash of ${file.name} is not a SHA-256`);
  }
  return { ...file, chunkBytes, chunkSha256 };
}
