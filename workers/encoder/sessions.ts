import { AppError, isAbort } from "../../src/core/errors.ts";
import type { ExternalData } from "../../src/core/model/pack-output.ts";
import type { FloatTensor, NamedTensors, Session } from "../../src/core/model/session.ts";
import type { ReportProgress } from "../../src/core/progress.ts";
import type { Provider, RuntimeBuild } from "../../src/core/protocol.ts";
import { type DeviceWatch, watchDevice } from "./device.ts";
import { chooseBuild, loadRuntime, type OnnxRuntime } from "./onnx-runtime.ts";

/** ONNX Runtime's severity from which a session writes to the console; its warnings tell a reader nothing. */
const ERRORS_ONLY = 3;

/** A session that can be given back. */
export interface OpenedSession extends Session {
  release(): Promise<void>;
}

/** A loaded runtime that opens graphs on one of its providers. Runs of all its sessions follow one another. */
export interface Engine {
  /** True where the runtime was loaded with a GPU adapter. */
  readonly hasGpu: boolean;
  /** The build that was loaded. */
  readonly build: RuntimeBuild;
  /**
   * Opens a graph whose weights lie in a file of their own: the runtime then copies them once, to where it uses them.
   *
   * @param stage name of the graph for error messages
   * @param weights the data file under the name by which the graph asks for it
   * @throws AppError `session-failed` or `device-lost`; an AbortError after `signal`
   */
  openSession(
    graph: Uint8Array<ArrayBuffer>,
    stage: string,
    provider: Provider,
    signal: AbortSignal,
    weights: ExternalData,
  ): Promise<OpenedSession>;
}

/**
 * Loads the smallest build of the runtime that can compute on `adapter`, or on the processor where that is null.
 *
 * @throws AppError `network`, `http-status` or `session-failed`; an AbortError after `signal`
 */
export async function startEngine(
  adapter: GPUAdapter | null,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<Engine> {
  const build = chooseBuild(adapter === null ? "wasm" : "webgpu");
  const ort = await loadRuntime(build, adapter, report, signal);
  return createEngine(ort, build, adapter !== null);
}

/**
 * An engine for the processor that loads its runtime with the first session: packs that the kernel computes need none of
 * its 14 MB.
 */
export function createLazyEngine(report: ReportProgress): Engine {
  let started: Promise<Engine> | null = null;
  return {
    hasGpu: false,
    build: chooseBuild("wasm"),
    async openSession(graph, stage, provider, signal, weights) {
      started ??= startEngine(null, report, signal).catch((error) => {
        // The next session tries again.
        started = null;
        throw error;
      });
      const engine = await started;
      return engine.openSession(graph, stage, provider, signal, weights);
    },
  };
}

/** Makes an engine of a runtime that is loaded and configured. */
export function createEngine(ort: OnnxRuntime, build: RuntimeBuild, hasGpu: boolean): Engine {
  const exclusively = createQueue();
  let device: DeviceWatch | null = null;
  const throwIfLost = (provider: Provider): void => {
    const reason = provider === "webgpu" ? (device?.reason() ?? null) : null;
    if (reason !== null) throw new AppError({ code: "device-lost", reason });
  };
  /** Runs `work` when its turn has come, and names what went wrong. */
  const guard = <T>(stage: string, provider: Provider, work: () => Promise<T>): Promise<T> =>
    exclusively(async () => {
      throwIfLost(provider);
      try {
        return await work();
      } catch (error) {
        if (isAbort(error) || error instanceof AppError) throw error;
        if (provider === "webgpu") await device?.settle();
        throwIfLost(provider);
        const why = error instanceof Error ? error.message : String(error);
        throw new AppError({ code: "session-failed", stage, why }, { cause: error });
      }
    });
  return {
    hasGpu,
    build,
    async openSession(graph, stage, provider, signal, weights) {
      signal.throwIfAborted();
      const session = await guard(stage, provider, () =>
        ort.InferenceSession.create(graph, {
          executionProviders: [provider],
          externalData: [{ path: weights.name, data: weights.bytes }],
          logSeverityLevel: ERRORS_ONLY,
        }),
      );
      if (provider === "webgpu") device ??= watchDevice(await ort.env.webgpu.device);
      const release = (): Promise<void> => guard(stage, provider, () => session.release());
      if (signal.aborted) await release();
      signal.throwIfAborted();
      return {
        release,
        run: (feeds) =>
          guard(stage, provider, async () => {
            const inputs = Object.entries(feeds).map(([name, { data, dims }]) => [
              name,
              new ort.Tensor("float32", data, dims),
            ]);
            return readOutputs(stage, await session.run(Object.fromEntries(inputs)));
          }),
      };
    },
  };
}

/** The outputs of a run as float32 tensors in memory of their own. */
function readOutputs(
  stage: string,
  outputs: Readonly<Record<string, { readonly data: unknown; readonly dims: readonly number[] }>>,
): NamedTensors {
  const read = ([name, { data, dims }]: [
    string,
    { readonly data: unknown; readonly dims: readonly number[] },
  ]): [string, FloatTensor] => {
    if (!(data instanceof Float32Array)) {
      throw new AppError({ code: "session-failed", stage, why: `${name} is not float32` });
    }
    return [name, { data, dims }];
  };
  return Object.fromEntries(Object.entries(outputs).map(read));
}

/** Runs one task after another: the runtime's state is global, and two runs at once end in an error. */
function createQueue(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = last.then(task);
    // A failed task must not fail the ones behind it.
    last = result.catch(() => undefined);
    return result;
  };
}
