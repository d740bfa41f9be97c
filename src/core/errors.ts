/** The workers that the page starts. */
export type WorkerName = "encoder" | "search" | "converter" | "texts";

/** Everything that can go wrong, as one closed union. Each code is worded for people in src/app/error-words.ts. */
export type AppErrorDetail =
  // pictures
  | { readonly code: "picture-missing"; readonly from: "drop" | "clipboard" }
  | { readonly code: "picture-empty" }
  | { readonly code: "picture-unreadable"; readonly mediaType: string }
  | {
      readonly code: "picture-too-large";
      readonly width: number;
      readonly height: number;
      readonly limitPixels: number;
    }
  | { readonly code: "picture-too-thin"; readonly width: number; readonly height: number }
  | { readonly code: "picture-format"; readonly format: string }
  // network
  | { readonly code: "network"; readonly url: string }
  | { readonly code: "http-status"; readonly url: string; readonly status: number }
  | { readonly code: "range-ignored"; readonly url: string }
  | {
      readonly code: "short-read";
      readonly url: string;
      readonly expected: number;
      readonly received: number;
    }
  // files that do not hold what they promise
  | { readonly code: "hash-mismatch"; readonly file: string }
  | { readonly code: "edition-version"; readonly found: number; readonly supported: number }
  | { readonly code: "edition-corrupt"; readonly file: string; readonly why: string }
  | { readonly code: "model-mismatch"; readonly edition: string; readonly model: string }
  | { readonly code: "pack-version"; readonly found: number; readonly supported: number }
  | { readonly code: "pack-corrupt"; readonly file: string; readonly why: string }
  | { readonly code: "weights-invalid"; readonly file: string; readonly why: string }
  | { readonly code: "text-tower-missing" }
  // models made on this device
  | { readonly code: "model-unknown"; readonly id: string }
  /** A model that was made on this device and that this browser has let go of. */
  | { readonly code: "model-gone"; readonly name: string }
  | { readonly code: "own-files-incomplete"; readonly missing: string }
  // storage for what a person wants kept
  | { readonly code: "storage-full" }
  | { readonly code: "storage-failed"; readonly why: string }
  /** Another tab of this site is downloading the same sentences. */
  | { readonly code: "download-elsewhere" }
  // texts of a person's own
  /** `found` is what the file is instead, such as "a PDF". */
  | { readonly code: "texts-format"; readonly file: string; readonly found: string }
  | { readonly code: "texts-empty"; readonly file: string }
  | { readonly code: "texts-malformed"; readonly file: string; readonly why: string }
  | {
      readonly code: "texts-too-large";
      readonly file: string;
      readonly what: "bytes" | "sentences" | "works";
      readonly found: number;
      readonly limit: number;
    }
  /** With what is here already, this many would be kept. */
  | {
      readonly code: "texts-too-many";
      readonly what: "sentences" | "works";
      readonly found: number;
      readonly limit: number;
    }
  | { readonly code: "texts-storage"; readonly state: "full" | "unavailable" }
  // the machine
  | { readonly code: "self-test-failed"; readonly provider: string; readonly error: number }
  | { readonly code: "device-lost"; readonly reason: string }
  | { readonly code: "session-failed"; readonly stage: string; readonly why: string }
  | { readonly code: "worker-crashed"; readonly worker: WorkerName; readonly why: string }
  /** A script of this site is not there: the site was updated in another tab, or there is no network. */
  | { readonly code: "script-missing" }
  // programming
  | { readonly code: "picture-unknown"; readonly pictureId: string }
  | { readonly code: "invalid-argument"; readonly what: string }
  | { readonly code: "unexpected"; readonly why: string };

/** The literal code of an {@link AppError}. */
export type AppErrorCode = AppErrorDetail["code"];

/** The one error class of the product: a typed detail, and the cause where there is one. */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly detail: AppErrorDetail;

  constructor(detail: AppErrorDetail, options?: { cause?: unknown }) {
    super(`${detail.code}: ${JSON.stringify(detail)}`, options);
    this.detail = detail;
  }
}

/** Tells whether `error` is an {@link AppError}, and of which code where one is asked for. */
export function isAppError<C extends AppErrorCode>(
  error: unknown,
  code?: C,
): error is AppError & { readonly detail: Extract<AppErrorDetail, { code: C }> } {
  return error instanceof AppError && (code === undefined || error.detail.code === code);
}

/** Tells whether `error` is a cancellation. A cancellation is not a failure and is never worded. */
export function isAbort(error: unknown): boolean {
  return (
    typeof error === "object" && error !== null && "name" in error && error.name === "AbortError"
  );
}

/** What crosses a worker boundary in place of a thrown value: structured-clone-safe and lossless for our errors. */
export type WireError =
  | { readonly kind: "app"; readonly detail: AppErrorDetail }
  | { readonly kind: "abort" }
  | { readonly kind: "other"; readonly message: string };

/** Turns any thrown value into plain data for `postMessage`. */
export function toWire(error: unknown): WireError {
  if (error instanceof AppError) return { kind: "app", detail: error.detail };
  if (isAbort(error)) return { kind: "abort" };
  return { kind: "other", message: error instanceof Error ? error.message : String(error) };
}

/** Rebuilds the error that {@link toWire} described; anything foreign becomes `unexpected`. */
export function fromWire(wire: WireError): Error {
  switch (wire.kind) {
    case "app":
      return new AppError(wire.detail);
    case "abort":
      return abortError();
    case "other":
      return new AppError({ code: "unexpected", why: wire.message });
  }
}

/** An error that {@link isAbort} recognises, made without the DOM's `DOMException`. */
export function abortError(): Error {
  const error = new Error("The work was cancelled.");
  error.name = "AbortError";
  return error;
}
