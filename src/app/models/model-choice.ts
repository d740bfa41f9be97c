/** Which model the page computes with: its own small one, or a pack that was made on this device. */
export type ModelChoice =
  | { readonly kind: "demo" }
  /** `name` is for people, also after the pack is gone. */
  | { readonly kind: "made"; readonly packId: string; readonly name: string };

/** What a page starts with. */
export const DEMO_CHOICE: ModelChoice = { kind: "demo" };

/** Tells whether two choices mean the same model. */
export function isSameChoice(left: ModelChoice, right: ModelChoice): boolean {
  if (left.kind === "demo" || right.kind === "demo") return left.kind === right.kind;
  return left.packId === right.packId;
}

/** Keeps the choice from one visit to the next. */
export interface ChoiceMemory {
  /** The choice of the last visit; the demo encoder where none is known. */
  read(): ModelChoice;
  /** Keeps a choice. Where nothing can be stored, nothing happens: the next visit starts with the demo encoder. */
  write(choice: ModelChoice): void;
}

const KEY = "artefact.model";

/** Gives the browser's small storage; may throw where a browser refuses it. */
export type StorageAccess = () => Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** Creates the memory. */
export function createChoiceMemory(storage: StorageAccess): ChoiceMemory {
  return {
    read() {
      try {
        return parseChoice(storage().getItem(KEY));
      } catch {
        return DEMO_CHOICE;
      }
    },
    write(choice) {
      try {
        if (choice.kind === "demo") storage().removeItem(KEY);
        else storage().setItem(KEY, JSON.stringify(choice));
      } catch {
        // Refused or full: the choice then lasts as long as the page.
      }
    },
  };
}

function parseChoice(text: string | null): ModelChoice {
  if (text === null) return DEMO_CHOICE;
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null) return DEMO_CHOICE;
  const packId: unknown = Reflect.get(value, "packId");
  const name: unknown = Reflect.get(value, "name");
  if (typeof packId !== "string" || typeof name !== "string") return DEMO_CHOICE;
  return { kind: "made", packId, name };
}
