const GIB = 1024 ** 3;

/**
 * Bytes of codes that may stay in memory. The whole of three million sentences takes 0.8 GiB, which a device with 8 GiB can spare; a
 * smaller one keeps a part and reads the rest from storage at every search.
 *
 * @param deviceMemory GiB of memory as the browser tells them, rounded down and at most 8; undefined where it does not
 */
export function residentBytesFor(deviceMemory: number | undefined): number {
  if (deviceMemory === undefined) return 0.5 * GIB;
  if (deviceMemory >= 8) return 1.25 * GIB;
  return deviceMemory >= 4 ? 0.5 * GIB : 0.25 * GIB;
}
