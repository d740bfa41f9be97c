import { AppError, type AppErrorDetail } from "../core/errors.ts";

/** How browsers, and the bundler's loader of styles, word that a part of this site is not there when it is needed. */
const SCRIPT_MISSING =
  /dynamically imported module|importing a module script failed|unable to preload css/i;

/** What is known of anything that was thrown. */
export function errorDetail(error: unknown): AppErrorDetail {
  const why = error instanceof Error ? error.message : String(error);
  if (error instanceof AppError) {
    const { detail } = error;
    // A worker's own failure to load a part of itself arrives as "unexpected".
    if (detail.code !== "unexpected" || !SCRIPT_MISSING.test(detail.why)) return detail;
    return { code: "script-missing" };
  }
  return SCRIPT_MISSING.test(why) ? { code: "script-missing" } : { code: "unexpected", why };
}
