/** Most bytes that a works file may unpack to; a bomb of zeros ends here. */
const MOST_BYTES = 512 * 1024 * 1024;

/** Decompresses gzip; rejects for anything that is not gzip or grows beyond 512 MiB. */
export async function gunzip(
  bytes: Uint8Array<ArrayBuffer>,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const unpacked = new Blob([bytes])
    .stream()
    .pipeThrough(new DecompressionStream("gzip"), { signal });
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = unpacked.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    length += value.length;
    if (length > MOST_BYTES) {
      await reader.cancel();
      throw new Error("It unpacks to more than is believable.");
    }
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
