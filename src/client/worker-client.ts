import { type Endpoint, type Remote, wrap } from "comlink";
import { AppError, abortError, isAppError, type WorkerName } from "../core/errors.ts";
import type { CallId } from "../core/protocol.ts";
import { registerErrorTransfer } from "./spawn-worker.ts";
import { watchLife } from "./watch-life.ts";

/** What this needs of a `Worker`; a test passes one end of a `MessageChannel`. */
export interface WorkerEndpoint extends Endpoint {
  terminate(): void;
}

/** Which worker, and how to start and to cancel it. */
export interface WorkerClientOptions<Api> {
  readonly name: WorkerName;
  readonly spawn: () => WorkerEndpoint;
  readonly cancel: (api: Remote<Api>, id: CallId) => Promise<void>;
}

/**
 * Passes values on until its call is over, answered or not: what a worker reports travels on a port of its own, and the last of it
 * may come after the answer, or after the call that took the place of one whose worker died.
 */
type WhileLive = <T>(report: (value: T) => void) => (value: T) => void;

/** One worker that starts at the first call and again after it has died. */
export interface WorkerClient<Api> {
  /** Number of the worker that takes the next call, from 1: what was opened in an earlier one is gone. */
  generation(): number;
  /**
   * Makes one call. It ends early with an AbortError when `signal` aborts (the worker is told, and its answer dropped),
   * with `worker-crashed` when the worker dies meanwhile, and with `script-missing` when it could not be loaded.
   *
   * @param use makes the call; what the worker reports goes through `whileLive`
   * @throws AppError what the worker throws, or one of those; an AbortError after `signal`
   */
  call<T>(
    signal: AbortSignal,
    use: (api: Remote<Api>, id: CallId, whileLive: WhileLive) => Promise<T>,
  ): Promise<T>;
  /** Ends the worker of that generation, where it still runs, so that the next call starts another. */
  restart(generation: number, why: string): void;
  /** Ends the worker; calls under way reject with an AbortError. The next call would start it again. */
  dispose(): void;
}

interface RunningWorker<Api> {
  readonly endpoint: WorkerEndpoint;
  readonly api: Remote<Api>;
  /** Rejects the calls under way. */
  readonly pending: Set<(error: Error) => void>;
  endWatch(): void;
}

/** Creates a client. Nothing is started before the first call. */
export function createWorkerClient<Api>(options: WorkerClientOptions<Api>): WorkerClient<Api> {
  const { name, spawn, cancel } = options;
  registerErrorTransfer();
  let running: RunningWorker<Api> | null = null;
  let generation = 1;
  let calls = 0;

  const stop = (worker: RunningWorker<Api>, error: Error): void => {
    if (running === worker) {
      running = null;
      generation += 1;
    }
    worker.endWatch();
    worker.endpoint.terminate();
    for (const reject of [...worker.pending]) reject(error);
  };

  const start = (): RunningWorker<Api> => {
    const endpoint = spawn();
    let hasSpoken = false;
    const started: RunningWorker<Api> = {
      endpoint,
      api: wrap<Api>(endpoint),
      pending: new Set(),
      endWatch: watchLife(endpoint, () => stop(started, crashed(name, "it ended"))),
    };
    const crash = (event: Event): void => {
      // The message of an ErrorEvent; a failed load and an unreadable message have none.
      const why = "message" in event && typeof event.message === "string" ? event.message : "";
      const isMissing = why === "" && event.type === "error" && !hasSpoken;
      const missing = new AppError({ code: "script-missing" });
      stop(started, isMissing ? missing : crashed(name, why === "" ? event.type : why));
    };
    const hear = (): void => {
      hasSpoken = true;
    };
    endpoint.addEventListener("message", hear);
    endpoint.addEventListener("error", crash as EventListener);
    endpoint.addEventListener("messageerror", crash as EventListener);
    return started;
  };

  return {
    generation: () => generation,
    call(signal, use) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(abortError());
          return;
        }
        try {
          running ??= start();
        } catch (error) {
          reject(crashed(name, String(error)));
          return;
        }
        const worker = running;
        calls += 1;
        const id = `${name}-${calls}`;
        let isOver = false;
        const whileLive: WhileLive = (report) => (value) => {
          if (!isOver) report(value);
        };
        const end = (): void => {
          isOver = true;
          worker.pending.delete(fail);
          signal.removeEventListener("abort", onAbort);
        };
        const fail = (error: Error): void => {
          end();
          reject(error);
        };
        const onAbort = (): void => {
          fail(abortError());
          cancel(worker.api, id).catch(() => {});
        };
        worker.pending.add(fail);
        signal.addEventListener("abort", onAbort);
        use(worker.api, id, whileLive).then((value) => {
          end();
          resolve(value);
        }, fail);
      });
    },
    restart(of, why) {
      if (running !== null && generation === of) stop(running, crashed(name, why));
    },
    dispose() {
      if (running !== null) stop(running, abortError());
    },
  };
}

/** Tells whether a call failed because its worker, or the device that it computes on, is gone or could not be had. */
export function lostItsWorker(error: unknown): boolean {
  return (
    isAppError(error, "worker-crashed") ||
    isAppError(error, "device-lost") ||
    isAppError(error, "script-missing")
  );
}

function crashed(worker: WorkerName, why: string): AppError {
  return new AppError({ code: "worker-crashed", worker, why });
}
