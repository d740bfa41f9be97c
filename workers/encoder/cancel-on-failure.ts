/**
 * Runs work that consists of several things side by side, with a signal that also aborts once the work has failed: what
 * the other parts still brought would be thrown away.
 *
 * @throws what `work` throws
 */
export async function cancelOnFailure<T>(
  signal: AbortSignal,
  work: (either: AbortSignal) => Promise<T>,
): Promise<T> {
  const failure = new AbortController();
  try {
    return await work(AbortSignal.any([signal, failure.signal]));
  } catch (error) {
    failure.abort();
    throw error;
  }
}
