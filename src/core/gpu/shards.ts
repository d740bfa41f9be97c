/** What WebGPU promises of one storage binding on every device: 128 MiB. Larger stores are split. */
export const BINDING_BYTES = 128 * 1024 * 1024;

/** How many items of a size fit into one binding; at least one. */
export function itemsPerShard(itemBytes: number, bindingBytes: number): number {
  return Math.max(1, Math.floor(bindingBytes / itemBytes));
}
