import { BuildError } from "../build-error.ts";

/** What the system says of something that is not there, or below something that is no folder. */
const MISSING: readonly unknown[] = ["ENOENT", "ENOTDIR", "ENAMETOOLONG"];

/**
 * Handles a failed read of what need not be there: gives `instead` where it is missing. Anything else, such as a file that may not be
 * read, is told: the edition would have a work without its text, and nobody would know.
 *
 * @throws BuildError naming the path
 */
export function whereMissing<T>(path: string, instead: T): (error: unknown) => T {
  return (error) => {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (MISSING.includes(code)) return instead;
    throw new BuildError(`${path} is there but cannot be read (${String(code)})`, { cause: error });
  };
}
