// What failed, out of the runners' JSON reports, so that it can be told once more at the end of a long log.

/** Characters of a message that are worth repeating. */
const MOST_CHARACTERS = 600;
// biome-ignore lint/suspicious/noControlCharactersInRegex: runners colour their messages with it.
const COLOURS = /\u001b\[[0-9;]*m/g;

/**
 * @typedef {{ fullName: string, status: string, failureMessages: string[] }} VitestTest
 * @typedef {{ name: string, message?: string, status: string, assertionResults: VitestTest[] }} VitestFile
 * @typedef {{ message?: string }} Message
 * @typedef {{ file: string, line: number, title: string, ok: boolean, tests: { results: { errors: Message[] }[] }[] }} Spec
 * @typedef {{ specs?: Spec[], suites?: Suite[] }} Suite
 */

/**
 * Failed tests of a Vitest report, and files that did not load.
 *
 * @param {{ testResults?: VitestFile[] }} report
 * @returns {string[]}
 */
export function failedInVitest({ testResults = [] }) {
  return testResults.flatMap(({ name, message, status, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === "failed");
    if (failed.length === 0 && status === "failed") return [inWords(name, message)];
    return failed.map(({ fullName, failureMessages }) =>
      inWords(`${name} › ${fullName}`, failureMessages.join("\n")),
    );
  });
}

/**
 * Failed tests of a Playwright report, and what kept it from running any.
 *
 * @param {{ suites?: Suite[], errors?: Message[] }} report
 * @returns {string[]}
 */
export function failedInPlaywright({ suites = [], errors = [] }) {
  /** @type {(suite: Suite) => string[]} */
  const inSuite = ({ specs = [], suites: inner = [] }) => [
    ...specs
      .filter(({ ok }) => !ok)
      .map(({ file, line, title, tests }) => {
        const messages = tests.flatMap(({ results }) => results.flatMap((result) => result.errors));
        return inWords(
          `${file}:${line} › ${title}`,
          messages.map(({ message }) => message).join("\n"),
        );
      }),
    ...inner.flatMap(inSuite),
  ];
  return [
    ...errors.map(({ message }) => inWords("Playwright", message)),
    ...suites.flatMap(inSuite),
  ];
}

/**
 * @param {string} title
 * @param {string | undefined} message
 */
function inWords(title, message) {
  const plain = (message || "see above").replaceAll(COLOURS, "").slice(0, MOST_CHARACTERS);
  return [title, ...plain.split("\n")].join("\n    ");
}
