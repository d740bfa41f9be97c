/** Lets messages in, such as a cancellation: long work keeps a worker busy, and promises alone let none through. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}
