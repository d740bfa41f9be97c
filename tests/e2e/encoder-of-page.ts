import type { Page, Worker } from "@playwright/test";
import { expect } from "./fixtures.ts";

/** Part of the address of the encoder's script. */
export const ENCODER = "encoder.worker";

/** The page's encoder, once it has started. */
export async function waitForEncoder(page: Page): Promise<Worker> {
  const find = () => page.workers().find((worker) => worker.url().includes(ENCODER));
  await expect.poll(find).toBeDefined();
  const worker = find();
  if (worker === undefined) throw new Error("no encoder");
  return worker;
}
