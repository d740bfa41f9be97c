import type { MadePack } from "../../core/protocol.ts";

/** A made pack's name for people, with that of its adapter where it has one. */
export function packName({ name, variants }: Pick<MadePack, "name" | "variants">): string {
  if (variants.adapted === null) return name;
  return variants.adapted.startsWith("with ")
    ? `${name} ${variants.adapted}`
    : `${name} with ${variants.adapted}`;
}
