/**
 * GiB of memory of this device, rounded down and at most 8, as the browser tells them; undefined where it does not, as no browser but
 * Chromium's kin does.
 */
export function deviceMemory(): number | undefined {
  // Node has no navigator at all.
  const memory: unknown = Reflect.get(Reflect.get(globalThis, "navigator") ?? {}, "deviceMemory");
  return typeof memory === "number" ? memory : undefined;
}
