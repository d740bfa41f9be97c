/** Settles as `work` does, or rejects after `ms` milliseconds with an Error that names `what`; `work` itself goes on. */
export function withinLimit<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what} took more than ${ms} ms.`)), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
