/** A GPU, opened through Dawn. */
export interface OpenedGpu {
  readonly device: GPUDevice;
  /** For people: vendor, architecture and what the driver says of itself. */
  readonly name: string;
  /** True where the processor emulates it. */
  readonly isSoftware: boolean;
}

/** Why there is no GPU, for people. */
export interface NoGpu {
  readonly why: string;
  /** True where the package that opens one is not installed. */
  readonly isMissing: boolean;
}

/** Kept, because Dawn ends with its instance, whatever devices are in use. */
let instance: GPU | null = null;

/**
 * Opens the GPU of greatest power with the npm package `webgpu`. It is large and holds native code, so it is not among the packages of
 * this project: who wants it installs it beside them (docs/gpu.md).
 */
export async function openDawn(): Promise<OpenedGpu | NoGpu> {
  try {
    return await open();
  } catch (error) {
    // A driver that is broken, or of which others have all the memory: no reason not to build.
    const why = error instanceof Error ? error.message : String(error);
    return { why: `Dawn cannot open a GPU (${why})`, isMissing: false };
  }
}

async function open(): Promise<OpenedGpu | NoGpu> {
  instance ??= await loadInstance();
  if (instance === null) {
    return { why: "the npm package webgpu is not installed", isMissing: true };
  }
  const adapter = await instance.requestAdapter({ powerPreference: "high-performance" });
  if (adapter === null) return { why: "Dawn finds no GPU", isMissing: false };
  const { vendor, architecture, description, isFallbackAdapter } = adapter.info;
  const requiredFeatures: GPUFeatureName[] = adapter.features.has("timestamp-query")
    ? ["timestamp-query"]
    : [];
  return {
    device: await adapter.requestDevice({ requiredFeatures }),
    name: [vendor, architecture, description].filter((part) => part !== "").join(" "),
    isSoftware: isFallbackAdapter,
  };
}

/** What the package exports, as far as it is used. */
interface DawnModule {
  create(options: string[]): GPU;
  readonly globals: Record<string, unknown>;
}

async function loadInstance(): Promise<GPU | null> {
  // Not written as a literal: bundlers and checkers would ask for a package that is absent on purpose.
  const name = "webgpu";
  let loaded: unknown;
  try {
    loaded = await import(name);
  } catch {
    return null;
  }
  if (!isDawn(loaded)) return null;
  // The constants that browsers have as globals.
  Object.assign(globalThis, loaded.globals);
  return loaded.create([]);
}

function isDawn(loaded: unknown): loaded is DawnModule {
  return (
    typeof loaded === "object" &&
    loaded !== null &&
    "create" in loaded &&
    typeof loaded.create === "function" &&
    "globals" in loaded &&
    typeof loaded.globals === "object"
  );
}
