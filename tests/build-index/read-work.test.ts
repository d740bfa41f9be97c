import { expect, it } from "vitest";
import { readWork } from "../../scripts/build-index/corpus/read-work.ts";

const FACTS = { sentences: 1, topics: [], creators: [], images: [], isProjectNote: false };

it.each([
  ["https://doi.org/10.1080/0161", "https://x.org/a.pdf", "https://doi.org/10.1080/0161"],
  ["10.1080/0161", "https://x.org/a.pdf", "https://doi.org/10.1080/0161"],
  [
    "http://dx.doi.org/10.1002/(SICI)10<1::AID#2>",
    "",
    "https://doi.org/10.1002/(SICI)10%3C1%3A%3AAID%232%3E",
  ],
  ["", "https://x.org/a.pdf", "https://x.org/a.pdf"],
  ["n/a", "http://x.org/a.pdf", null],
])("links a work with DOI %j and address %j to %j", (doi, address, link) => {
  const { work } = readWork("W1", { DOI: doi, Link: address }, FACTS, null);
  expect(work.link).toBe(link);
});
