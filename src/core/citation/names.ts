import type { CslName } from "./csl.ts";

/** "Ho, Angela": as bibliographies sort. Bodies keep their name. */
export function familyFirst(name: CslName): string {
  if ("literal" in name) return name.literal;
  return name.given === undefined ? name.family : `${name.family}, ${name.given}`;
}

/** "Angela Ho". */
export function givenFirst(name: CslName): string {
  if ("literal" in name) return name.literal;
  return name.given === undefined ? name.family : `${name.given} ${name.family}`;
}

/** "Ho, A. B.": as APA wants it. Hyphens stay: "J.-P.". */
export function familyAndInitials(name: CslName): string {
  if ("literal" in name) return name.literal;
  return name.given === undefined ? name.family : `${name.family}, ${initials(name.given)}`;
}

/** The part of a name that notes and brackets use. */
export function shortName(name: CslName): string {
  return "literal" in name ? name.literal : name.family;
}

function initials(given: string): string {
  const ofPart = (part: string): string => {
    const letter = /\p{L}/u.exec(part)?.[0];
    return letter === undefined ? part : `${letter.toUpperCase()}.`;
  };
  return given
    .split(/[\s.]+/u)
    .filter((part) => part !== "")
    .map((word) =>
      word
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
