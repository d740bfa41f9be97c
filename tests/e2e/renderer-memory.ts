import { readdirSync, readFileSync } from "node:fs";

/**
 * Most memory that the renderers of this program's browsers have held so far, in bytes, each with all its workers: the
 * resident set's high-water mark as Linux keeps it. The largest one is the page that works. Null on other systems.
 */
export function peakRendererMemory(): number | null {
  const renderers = processes().filter(({ pid, command }) => {
    return command.includes("--type=renderer") && isDescendant(pid);
  });
  const peaks = renderers.map(({ pid }) => highWaterMark(pid));
  return peaks.length === 0 ? null : Math.max(...peaks);
}

function processes(): { readonly pid: string; readonly command: string }[] {
  try {
    const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    return pids.map((pid) => ({ pid, command: read(`/proc/${pid}/cmdline`) }));
  } catch {
    return [];
  }
}

function isDescendant(pid: string): boolean {
  for (let current = pid; Number(current) > 1; ) {
    if (current === String(process.pid)) return true;
    current = /^PPid:\s+(\d+)$/m.exec(read(`/proc/${current}/status`))?.[1] ?? "0";
  }
  return false;
}

function highWaterMark(pid: string): number {
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1];
  return Number(kilobytes ?? 0) * 1024;
}

/** A file of a process, or nothing where it has ended meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
