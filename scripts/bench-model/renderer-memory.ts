import { readdirSync, readFileSync } from "node:fs";

/** Memory of one process in MB (10^6 bytes): now, and at its peak. */
export interface ProcessMemory {
  readonly pid: number;
  readonly now: number;
  readonly peak: number;
}

interface ProcessEntry {
  readonly parent: number;
  readonly command: string;
  readonly now: number;
  readonly peak: number;
}

function readProcesses(): ReadonlyMap<number, ProcessEntry> {
  const processes = new Map<number, ProcessEntry>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const status = readFileSync(`/proc/${name}/status`, "utf8");
      const field = (key: string): number =>
        Number(new RegExp(`^${key}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
      const megabytes = (key: string): number => Math.round((field(key) * 1024) / 1e6);
      processes.set(Number(name), {
        parent: field("PPid"),
        command: readFileSync(`/proc/${name}/cmdline`, "utf8"),
        now: megabytes("VmRSS"),
        peak: megabytes("VmHWM"),
      });
    } catch {
      // A process that has ended in the meantime.
    }
  }
  return processes;
}

/**
 * The renderers below the process `ancestor`, largest first. Empty where the system has no /proc.
 */
export function rendererMemory(ancestor: number): readonly ProcessMemory[] {
  if (process.platform !== "linux") return [];
  const processes = readProcesses();
  const descends = (pid: number): boolean => {
    for (let at = pid; at > 1; at = processes.get(at)?.parent ?? 0) {
      if (at === ancestor) return true;
    }
    return false;
  };
  return [...processes]
    .filter(([pid, { command }]) => command.includes("--type=renderer") && descends(pid))
    .map(([pid, { now, peak }]) => ({ pid, now, peak }))
    .sort((one, other) => other.now - one.now);
}
