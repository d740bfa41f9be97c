/** Most threads that one computation uses: beyond four, a tower of this size gains little and the page stutters. */
const MOST_THREADS = 4;

/**
 * Threads for the processor: one unless the page is isolated, without which there is no shared memory. ONNX Runtime starts
 * its threads from a plain address, so that a worker's policy must not ask for Trusted Types.
 */
export function chooseThreads(): number {
  return self.crossOriginIsolated ? Math.min(MOST_THREADS, navigator.hardwareConcurrency) : 1;
}
