import { describe, expect, it } from "vitest";
import { type PlainRecord, readCitation } from "../../scripts/build-index/read-citation.ts";

const RECORD: PlainRecord = {
  workId: "W1",
  author: "Plain Author",
  title: "Plain Title",
  year: "1999",
  doi: "https://doi.org/10.1234/plain",
  link: "https://example.org/copy.pdf",
};

describe("readCitation", () => {
  it("unwraps the doubled braces of the corpus' BibTeX", () => {
    const bibtex =
      '@article{W1,\n author = "Ada Berg and Bo Cole",\n title = "{A {Title}}",\n year = "2012",\n journal = "{Journal}",\n doi = "{10.1234/abc}",\n url = "{https://doi.org/10.1234/abc}",\n}';
    const { csl, problems } = readCitation(bibtex, RECORD);
    expect(csl).toEqual({
      id: "W1",
      type: "article-journal",
      title: "A Title",
      author: [
        { family: "Berg", given: "Ada" },
        { family: "Cole", given: "Bo" },
      ],
      issued: { "date-parts": [[2012]] },
      "container-title": "Journal",
      DOI: "10.1234/abc",
    });
    expect(problems).toEqual([]);
  });

  it("takes bodies whole, which Crossref splits like persons", () => {
    const names = (author: string) =>
      readCitation(`@misc{W1, author = "${author}", title = "T", year = "2000"}`, RECORD).csl
        .author;
    expect(names("Mzumbe University and Tungu Mayombo")).toEqual([
      { literal: "Mzumbe University" },
      { family: "Mayombo", given: "Tungu" },
    ]);
    expect(names("{Victoria and Albert Museum}")).toEqual([
      { literal: "Victoria and Albert Museum" },
    ]);
    expect(names("Ada Berg and others")).toEqual([{ family: "Berg", given: "Ada" }]);
  });

  it("lowers names in capitals and keeps initials", () => {
    const { csl } = readCitation(
      '@misc{W1, author = "G. A. BREMNER and ROSEMARY O\'DAY and J. McAdam", title = "T", year = "2000"}',
      RECORD,
    );
    expect(csl.author).toEqual([
      { family: "Bremner", given: "G. A." },
      { family: "O'Day", given: "Rosemary" },
      { family: "McAdam", given: "J." },
    ]);
  });

  it("drops what Crossref's conversion wrote where it knew nothing, and ranges of one page", () => {
    const { csl } = readCitation(
      '@article{W1, author = "A B", title = "T", year = "n.d.", volume = "null", pages = "310-310", journal = "J"}',
      { ...RECORD, year: "n.d." },
    );
    expect(csl.volume).toBeUndefined();
    expect(csl.page).toBe("310");
    expect(csl.issued).toBeUndefined();
  });

  it("reads LaTeX accents and keeps a title's italics, with the space that a glued tag lost", () => {
    const { csl } = readCitation(
      '@article{W1, author = {M{\\"u}ller, J{\\"o}rg}, title = {Herodotus and<i>Titus</i>}, year = 2013, journal = {J}}',
      RECORD,
    );
    expect(csl.author).toEqual([{ family: "Müller", given: "Jörg" }]);
    expect(csl.title).toBe("Herodotus and <i>Titus</i>");
  });

  it("cites a work without readable BibTeX from its plain fields, and says so", () => {
    const { csl, problems } = readCitation("@article{W1, title = ", RECORD);
    expect(csl).toMatchObject({
      type: "document",
      title: "Plain Title",
      author: [{ literal: "Plain Author" }],
      issued: { "date-parts": [[1999]] },
      DOI: "10.1234/plain",
    });
    expect(problems).toContain("no readable BibTeX");
  });

  it("gives the copy's address only where there is no DOI, and only over https", () => {
    expect(readCitation("", RECORD).csl.URL).toBeUndefined();
    expect(readCitation("", { ...RECORD, doi: "" }).csl.URL).toBe("https://example.org/copy.pdf");
    expect(
      readCitation("", { ...RECORD, doi: "", link: "javascript:alert(1)" }).csl.URL,
    ).toBeUndefined();
  });

  const authorsOf = (author: string) =>
    readCitation(`@book{W1, author = {${author}}, title = {T}, year = 2000}`, RECORD).csl.author;

  it("keeps particles and suffixes with their names", () => {
    expect(authorsOf("Vincent van Gogh and de Kooning, Willem and Charles de Gaulle")).toEqual([
      { family: "van Gogh", given: "Vincent" },
      { family: "de Kooning", given: "Willem" },
      { family: "de Gaulle", given: "Charles" },
    ]);
    expect(authorsOf("King, Jr., Martin Luther")).toEqual([
      { family: "King", given: "Martin Luther", suffix: "Jr." },
    ]);
  });

  it("takes a given name in an accented capital for what it is", () => {
    expect(
      authorsOf("{\\'E}mile Zola and {\\L}ukasz S{\\o}ren and Fran{\\c c}ois Cl{\\'e}ment"),
    ).toEqual([
      { family: "Zola", given: "Émile" },
      { family: "Søren", given: "Łukasz" },
      { family: "Clément", given: "François" },
    ]);
  });

  it("takes groups whole and knows no author called null", () => {
    expect(authorsOf("The ATLAS Collaboration")).toEqual([{ literal: "The ATLAS Collaboration" }]);
    expect(authorsOf("null null")).toEqual([{ literal: "Plain Author" }]);
  });

  it.each([
    ["A &lt;i&gt;Hamlet&lt;/i&gt; &amp; more", "A <i>Hamlet</i> & more"],
    ["A <italic>Hamlet</italic><sup>*</sup>", "A <i>Hamlet</i>"],
    ["<scp>Light</scp> and <mml:math><mml:mi>x</mml:mi></mml:math>∗", "Light and x"],
    ["CO<sub>2</sub> in 5 < 6 rooms", "CO<sub>2</sub> in 5 < 6 rooms"],
  ])("reads the title %s", (title, expected) => {
    expect(readCitation(`@book{W1, title = {${title}}}`, RECORD).csl.title).toBe(expected);
  });

  it("says where a record dates a reprint, and leaves its year", () => {
    const { csl, problems } = readCitation("@book{W1, title = {T}, year = 2012}", RECORD, 1899);
    expect(csl.issued).toEqual({ "date-parts": [[2012]] });
    expect(problems).toContainEqual(expect.stringMatching(/reprint.* 1899, .* 2012/));
    expect(readCitation("@book{W1, title = {T}, year = 2012}", RECORD, 2010).problems).toEqual([]);
  });

  it("names what is missing", () => {
    const empty = {
      workId: "W1",
      author: "Unknown Author",
      title: "",
      year: "",
      doi: "",
      link: "",
    };
    expect(readCitation("", empty).problems).toEqual([
      "no readable BibTeX",
      "no author",
      "no title",
      "no year",
      "no DOI",
    ]);
  });
});
