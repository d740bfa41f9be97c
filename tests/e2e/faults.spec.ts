import {
  expect,
  expectResults,
  giveFile,
  openSite,
  pickSample,
  RESULT_COUNT,
  sentences,
  shownRows,
  test,
} from "./fixtures.ts";
import { boatPng } from "./pictures.ts";
import type { Fault } from "./site-server.ts";

test.use({ serviceWorkers: "block" });

const failures: readonly { what: string; path: string; fault: Fault; words: RegExp }[] = [
  {
    what: "the edition's manifest answers 500",
    path: "/edition/sample/manifest.json",
    fault: { kind: "status", status: 500 },
    words: /did not deliver a file/,
  },
  {
    what: "the edition's manifest is corrupt",
    path: "/edition/sample/manifest.json",
    fault: { kind: "corrupt" },
    words: /sentences could not be read/,
  },
  {
    what: "the edition's router is corrupt",
    path: "/edition/sample/router",
    fault: { kind: "corrupt" },
    words: /not the one that was published|could not be read/,
  },
  {
    what: "the edition's codes are corrupt",
    path: "/edition/sample/rest",
    fault: { kind: "corrupt" },
    words: /not the one that was published|could not be read/,
  },
  {
    what: "the edition stops half-way",
    path: "/edition/sample/rest",
    fault: { kind: "half-way" },
    words: /stopped half-way|Could not reach/,
  },
  {
    what: "the model answers 500",
    path: "/models/demo/trunk.onnx",
    fault: { kind: "status", status: 500 },
    words: /did not deliver a file/,
  },
  {
    what: "the model stops half-way",
    path: "/models/demo/trunk.onnx",
    fault: { kind: "half-way" },
    words: /stopped half-way|Could not reach/,
  },
  {
    what: "the model is corrupt",
    path: "/models/demo/trunk.onnx",
    fault: { kind: "corrupt" },
    words: /not the one that was published|could not be read/,
  },
];

for (const { what, path, fault, words } of failures) {
  test(`${what}: one clear sentence, and it works when tried again`, async ({ page, site }) => {
    site.faults.set(path, fault);
    await openSite(page, site);
    await page.locator(".sample").first().click();
    await expect(page.getByRole("alert")).toContainText(words, { timeout: 60_000 });
    site.faults.clear();
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(sentences(page)).toHaveCount(RESULT_COUNT);
    await expect(page.getByRole("alert")).toHaveCount(0);
  });
}

test("a sample that cannot be fetched is worded, and another one works", async ({ page, site }) => {
  await openSite(page, site);
  site.faults.set("/samples/", { kind: "status", status: 404 });
  await page.locator(".sample").first().click();
  await expect(page.getByRole("alert")).toContainText("It answered 404");
  site.faults.clear();
  await pickSample(page, 1);
});

test("a server that ignores Range costs whole files, not the search", async ({ page, site }) => {
  site.faults.set("/edition/sample/", { kind: "ignore-range" });
  await openSite(page, site);
  await pickSample(page, 0);
  expect(site.requests.some((request) => request.includes("bytes="))).toBe(true);
});

test("both workers may die: the next question starts them again", async ({ page, site }) => {
  await openSite(page, site);
  await pickSample(page, 0);
  const before = await shownRows(page);
  // Not the runtime's own threads: they sleep on a lock, and go with the encoder.
  const ours = page.workers().filter((worker) => worker.url().includes(".worker-"));
  expect(ours).toHaveLength(2);
  for (const worker of ours) {
    await worker.evaluate(() => {
      setTimeout(() => {
        throw new Error("killed by the test");
      }, 0);
    });
  }
  await expect.poll(() => page.workers().length).toBe(0);
  const cell = page.getByRole("gridcell").nth(10);
  await cell.click();
  await expect(page.locator(".result-head")).toContainText("row 2, column 4");
  await expect(page.locator(".result-list")).toHaveAttribute("aria-busy", "false");
  await page.getByRole("button", { name: "Whole picture" }).click();
  await expect.poll(() => shownRows(page)).toEqual(before);
  await sentences(page).first().hover();
  await expect(page.locator("canvas.heat")).toHaveAttribute("data-drawn", "true");
  await giveFile(page, "after.png", "image/png", boatPng(160, 120));
  await expectResults(page, "after.png");
});

const storages = [
  {
    what: "missing",
    words: "This browser stores nothing for the page",
    script: "Object.defineProperty(self, 'indexedDB', { value: undefined });",
  },
  {
    what: "refused",
    words: "This browser stores nothing for the page",
    script:
      "self.indexedDB.open = () => { throw new DOMException('no', 'SecurityError'); };" +
      "IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError'); };",
  },
  {
    what: "full",
    words: "No room left on this device",
    script:
      "for (const name of ['put', 'add']) IDBObjectStore.prototype[name] = () => {" +
      " throw new DOMException('full', 'QuotaExceededError'); };",
  },
];

for (const { what, words, script } of storages) {
  test(`IndexedDB ${what}: everything works, and one sentence says what is not kept`, async ({
    page,
    site,
  }) => {
    site.faults.set(".worker-", { kind: "prepend", script });
    await openSite(page, site);
    await pickSample(page, 0);
    await expect(page.locator(".storage-note")).toContainText(words);
    await pickSample(page, 3);
    await sentences(page).first().hover();
    await expect(page.locator("canvas.heat")).toHaveAttribute("data-drawn", "true");
  });
}
