import type { CslItem } from "../../../src/core/citation/csl.ts";

const person = (family: string, given: string) => ({ family, given });
const published = (year: number) => ({ "date-parts": [[year]] });

/** Invented records with what makes citations go wrong. */
export const ITEMS: readonly CslItem[] = [
  {
    id: "article",
    type: "article-journal",
    title: "Cool Light in Northern Rooms",
    author: [person("Aalto", "Maija")],
    issued: published(2011),
    "container-title": "Journal of Invented Studies",
    volume: "12",
    issue: "3",
    page: "101-108",
    DOI: "10.1234/jis.2011.12",
  },
  {
    id: "article-two-authors",
    type: "article-journal",
    title: "What the Window's Light Says",
    author: [person("Berg", "Jean-Paul A."), person("O'Hara", "Una")],
    issued: published(1999),
    "container-title": "Annals of Seeing",
    volume: "7",
    page: "1496-1504",
    publisher: "Annals Press",
    DOI: "10.1234/as.7",
  },
  {
    id: "article-four-authors",
    type: "article-journal",
    title: "Pigments of a Blue Ground",
    author: [
      person("Costa", "Rui"),
      person("Dahl", "Eva"),
      person("Eco", "Ugo"),
      person("Fall", "Amadou"),
    ],
    issued: published(2020),
    "container-title": "Materials & Meanings",
    issue: "4",
    page: "96-117",
    DOI: "10.1234/mm.4",
  },
  {
    id: "article-no-author",
    type: "article-journal",
    title: "An Exhibition of Small Pictures",
    issued: published(1931),
    "container-title": "The Weekly Letter",
    volume: "3",
    issue: "9",
    page: "5",
  },
  {
    id: "article-no-year",
    type: "article-journal",
    title: "Is a Shadow a Colour?",
    author: [person("Gomez", "Inés")],
    "container-title": "Shade",
    volume: "2",
    page: "200-209",
  },
  {
    id: "article-markup",
    type: "article-journal",
    title: "Reading <i>The Lute Player</i> Again: ‘Songs’ & “Silence”",
    author: [person("Hahn", "Karl")],
    issued: published(2003),
    "container-title": "Music in Art",
    volume: "28",
    issue: "1-2",
    page: "e12",
    DOI: "10.1234/mia.28",
  },
  {
    id: "book",
    type: "book",
    title: "A History of <i>Trompe</i> Painting",
    author: [person("Ito", "Kenji")],
    issued: published(1987),
    publisher: "River Press",
  },
  {
    id: "book-no-author",
    type: "book",
    title: "Handbook of Frames",
    issued: published(1950),
    publisher: "Frame House",
    URL: "https://example.org/frames",
  },
  {
    id: "book-eleven-authors",
    type: "book",
    title: "Collected Essays on Gold",
    author: Array.from({ length: 11 }, (_, i) => person(`Family${i}`, `Given${i}`)),
    issued: published(2015),
    publisher: "Guild",
  },
  {
    id: "chapter",
    type: "chapter",
    title: "Why Is the Sky Green?",
    author: [person("Jung", "Ada"), person("Klein", "Bo"), person("Lind", "Cy")],
    issued: published(2008),
    "container-title": "Skies of the North",
    page: "117-25",
    publisher: "Polar Books",
    DOI: "10.1234/skies.5",
  },
  {
    id: "paper",
    type: "paper-conference",
    title: "Counting Brush Strokes",
    author: [{ literal: "Institute of Strokes" }, person("Mora", "Lia")],
    issued: published(2018),
    "container-title": "Proceedings of the First Meeting on Paint",
    page: "33-41",
    publisher: "Meeting Press",
    DOI: "10.1234/paint.1",
  },
  {
    id: "document",
    type: "document",
    title: "Notes on a Red Chair",
    author: [{ literal: "ArteFact project" }],
    issued: published(2026),
  },
  {
    id: "book-particle-and-suffix",
    type: "book",
    title: "Letters on Yellow",
    author: [
      person("van Dael", "Jan"),
      { family: "Reed", given: "Ann Bea", suffix: "Jr." },
      { family: "Stone", given: "Cyril", suffix: "III" },
    ],
    issued: published(1999),
    publisher: "Letter House",
  },
  {
    id: "book-particles-behind-given-names",
    type: "book",
    title: "Letters on Grey",
    author: [person("Cour", "Lia M. de la"), person("Dael", "Jan van")],
    issued: published(1999),
    publisher: "Letter House",
  },
  {
    id: "book-particles",
    type: "book",
    title: "Sermons on Red",
    author: [person("de la Cour", "Lia"), person("von Ems", "Otto")],
    issued: published(1924),
    publisher: "Letter House",
  },
  {
    id: "book-elided",
    type: "book",
    title: "Odes to Green",
    author: [person("d'Aubin", "Guy")],
    issued: published(1931),
    publisher: "Letter House",
  },
  {
    id: "book-suffix-first",
    type: "book",
    title: "Speeches on Blue",
    author: [{ family: "Reed", given: "Ann Bea", suffix: "Jr." }],
    issued: published(1964),
    publisher: "Letter House",
  },
  { id: "document-bare", type: "document", title: "Untitled Leaf" },
  ...editedItems(),
];

/** Volumes with and without authors, and what stands in them, by one, some and many editors. */
function editedItems(): readonly CslItem[] {
  const editors = "Ho Gu Ray Fox Elk Doe Cat Bee Ant Yak Zed"
    .split(" ")
    .map((family, index) => person(family, ["Angela", "Zoe B.", "Jean-Paul"][index % 3] ?? ""));
  const common = { issued: published(1999), publisher: "P" };
  const whole = { ...common, "container-title": "The Whole", page: "101-108" };
  return [1, 2, 3, 4, 11].flatMap((count): CslItem[] => {
    const editor = editors.slice(0, count);
    const written = { author: [person("Bo", "Xi")], editor };
    const name = (kind: string) => `${kind}-${count}-editors`;
    return [
      { id: name("volume"), type: "book", title: "Edited", editor, ...common },
      { id: name("book"), type: "book", title: "Letters", ...written, ...common },
      { id: name("chapter"), type: "chapter", title: "Ch", ...written, ...whole },
      { id: name("introduction"), type: "chapter", title: "Foreword", editor, ...whole },
      { id: name("paper"), type: "paper-conference", title: "Paper", ...written, ...whole },
      {
        id: name("article"),
        type: "article-journal",
        title: "Issue",
        ...written,
        issued: published(1999),
        "container-title": "Journal",
        volume: "3",
      },
      { id: name("document"), type: "document", title: "Doc", ...written, ...common },
      {
        id: name("bare-document"),
        type: "document",
        title: "Doc",
        ...written,
        issued: published(1999),
      },
      {
        id: name("edited-document"),
        type: "document",
        title: "Doc",
        editor,
        issued: published(1999),
      },
    ];
  });
}
