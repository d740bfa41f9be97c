const UNITS = ["kB", "MB", "GB"] as const;
const STEP = 1000;

/** A number of bytes for people, in decimal units with three significant digits at most: "0 kB", "640 kB", "2.9 MB". */
export function formatBytes(bytes: number): string {
  let value = bytes / STEP;
  let unit = 0;
  while (value >= STEP && unit < UNITS.length - 1) {
    value /= STEP;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${UNITS[unit] ?? "GB"}`;
}
