import type { CslName } from "./csl.ts";

/** "Ho, Angela", "King, Martin, Jr.": as bibliographies sort. Bodies keep their name. */
export function familyFirst(name: CslName): string {
  if ("literal" in name) return name.literal;
  return joinParts([name.family, name.given, name.suffix], ", ");
}

/** Particles before a family name: "van", "de la", "d'". */
const PARTICLES = /^((?:\p{Ll}\p{L}*(?:\s+|['’]))+)(\p{Lu}.*)$/u;

/** "Gogh, Vincent van": family first, as Chicago sorts and shows it, by the name proper. */
export function properNameFirst(name: CslName): string {
  if ("literal" in name || name.given === undefined) return familyFirst(name);
  const [, particles, proper] = PARTICLES.exec(name.family) ?? [];
  if (particles === undefined || proper === undefined) return familyFirst(name);
  return joinParts([proper, `${name.given} ${particles.trimEnd()}`, name.suffix], ", ");
}

/** "Angela Ho", "Martin King Jr." */
export function givenFirst(name: CslName): string {
  if ("literal" in name) return name.literal;
  return joinParts([name.given, name.family, name.suffix], " ");
}

/** "Ho, A. B.": as APA wants it. Hyphens stay: "J.-P.". */
export function familyAndInitials(name: CslName): string {
  if ("literal" in name) return name.literal;
  const given = name.given === undefined ? undefined : initials(name.given);
  return joinParts([name.family, given, name.suffix], ", ");
}

/** "A. B. Ho": as APA wants editors within an entry. */
export function initialsAndFamily(name: CslName): string {
  if ("literal" in name) return name.literal;
  const given = name.given === undefined ? undefined : initials(name.given);
  return joinParts([given, name.family, name.suffix], " ");
}

/** The part of a name that notes and brackets use. */
export function shortName(name: CslName): string {
  return "literal" in name ? name.literal : name.family;
}

function joinParts(parts: readonly (string | undefined)[], between: string): string {
  return parts.filter((part) => part !== undefined).join(between);
}

/** Initials of given names; particles behind them ("Jan van") are none, and stay. */
function initials(given: string): string {
  const ofPart = (part: string): string => {
    const letter = /\p{L}/u.exec(part)?.[0];
    return letter === undefined ? part : `${letter.toUpperCase()}.`;
  };
  const words = given
    // "J.-P." is one name, as "Jean-Paul" is.
    .replaceAll(".-", "-")
    .split(/[\s.]+/u)
    .filter((part) => part !== "");
  const names = words.findLastIndex((word) => !/^\p{Ll}/u.test(word)) + 1;
  return words
    .map((word, index) =>
      index > 0 && index >= names
        ? word
        : word
            .split("-")
            .filter((part) => part !== "")
            .map(ofPart)
            .join("-"),
    )
    .join(" ");
}

/** "a", "a and b", "a, b, and c": English with the serial comma. */
export function listNames(names: readonly string[]): string {
  const last = names.at(-1) ?? "";
  if (names.length < 2) return last;
  const before = names.slice(0, -1).join(", ");
  return names.length === 2 ? `${before} and ${last}` : `${before}, and ${last}`;
}
