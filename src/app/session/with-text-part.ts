import { isAppError } from "../../core/errors.ts";

/**
 * Does what needs the part of a model for texts; where that is not there yet, fetches it and goes on.
 *
 * @throws AppError what `work` or `fetchPart` throws; an AbortError where the person declines
 */
export async function withTextPart<T>(
  work: () => Promise<T>,
  fetchPart: () => Promise<void>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isAppError(error, "text-tower-missing")) throw error;
    await fetchPart();
    return await work();
  }
}
