/**
 * Where blocks of these lengths begin that follow one another from `start` on, and where the last one ends: one entry more than there
 * are blocks, in bytes. Files list lengths, which fit into 32 bits, because offsets into files of more than 4 GiB do not.
 */
export function blockOffsets(lengths: Uint32Array, start: number): Float64Array<ArrayBuffer> {
  const offsets = new Float64Array(lengths.length + 1);
  let end = start;
  offsets[0] = end;
  lengths.forEach((length, block) => {
    end += length;
    offsets[block + 1] = end;
  });
  return offsets;
}
