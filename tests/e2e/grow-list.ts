import type { Page } from "@playwright/test";

/** Most time of the main thread that 100 more sentences may take in one piece, in milliseconds, on two cores. */
export const LONGEST_TASK = 100;

/**
 * Asks for more sentences, step by step, until there are as many as each of `counts` says. The page looks at itself: what a test
 * would look for by roles or expect of it holds up a page of hundreds of buttons for seconds.
 *
 * @returns for each step, how long the main thread was held up at most in one piece, in milliseconds
 */
export async function growList(page: Page, counts: readonly number[]): Promise<number[]> {
  return page.evaluate(async (wanted) => {
    const tasks: PerformanceEntry[] = [];
    const observer = new PerformanceObserver((list) => {
      tasks.push(...list.getEntries());
    });
    observer.observe({ type: "longtask" });
    const longest: number[] = [];
    for (const count of wanted) {
      const buttons = [...document.querySelectorAll("button")];
      const more = buttons
        .filter(({ textContent }) => /^\s*Show \d+ more\s*$/.test(textContent))
        .at(-1);
      if (more === undefined) throw new Error(`no button for more before ${count}`);
      // A frame for what the look at all buttons cost.
      await new Promise(requestAnimationFrame);
      const clicked = performance.now();
      more.click();
      const isSettled = () =>
        document.querySelector('.result-list[aria-busy="false"]') !== null &&
        document.querySelectorAll("article.sentence").length === count;
      while (!isSettled()) {
        if (performance.now() - clicked > 30_000) {
          const shown = document.querySelectorAll("article.sentence").length;
          throw new Error(`${shown} sentences where ${count} were asked for`);
        }
        await new Promise(requestAnimationFrame);
      }
      // Long tasks are told of a moment later.
      await new Promise((resolve) => setTimeout(resolve, 300));
      const since = tasks.filter(({ startTime }) => startTime >= clicked);
      longest.push(Math.max(0, ...since.map(({ duration }) => duration)));
    }
    observer.disconnect();
    return longest;
  }, counts);
}
