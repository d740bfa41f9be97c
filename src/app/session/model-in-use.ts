import { type Accessor, createSignal } from "solid-js";
import type { ConverterClient } from "../../client/converter-client.ts";
import { isAppError } from "../../core/errors.ts";
import type { EncodedPicture, PackSource } from "../../core/protocol.ts";
import {
  type ChoiceMemory,
  DEMO_CHOICE,
  isSameChoice,
  type ModelChoice,
} from "../models/model-choice.ts";

/** The model that the page computes with, and how a person changes it. */
export interface ModelInUse {
  readonly choice: Accessor<ModelChoice>;
  /** Takes another model; false where it is the same. */
  change(choice: ModelChoice): boolean;
  /** Goes back to the model before, where the change has not yet shown anything; false where there is nothing to take back. */
  takeBack(): boolean;
  /** A picture was encoded: from now on the change stands. */
  settle(): void;
  /** Remembers that the chosen model has read a picture: its vectors mean nothing under another one. */
  noteRead(encoded: EncodedPicture): void;
  /** Whether the model that read a picture is the one that is chosen now. */
  hasRead(encoded: EncodedPicture): boolean;
  /**
   * Where the chosen model lies. A made pack that is gone is given up for the demo encoder.
   *
   * @throws AppError what the converter throws; an AbortError after `signal`
   */
  locate(signal: AbortSignal): Promise<PackSource>;
}

/** What choosing a model needs of the page. */
interface ModelInUseServices {
  readonly memory: ChoiceMemory;
  readonly demo: PackSource;
  readonly converter: Pick<ConverterClient, "files">;
  /** Called with the name of a pack that has vanished from this browser. */
  readonly onGone: (name: string) => void;
}

/** Creates it with the choice of the last visit. */
export function createModelInUse(services: ModelInUseServices): ModelInUse {
  const { memory, demo, converter, onGone } = services;
  const [choice, setChoice] = createSignal(memory.read());
  const readBy = new WeakMap<EncodedPicture, ModelChoice>();
  let before: ModelChoice | null = null;
  const set = (next: ModelChoice) => {
    setChoice(next);
    memory.write(next);
  };
  return {
    choice,
    change(next) {
      if (isSameChoice(choice(), next)) return false;
      before ??= choice();
      set(next);
      return true;
    },
    takeBack() {
      if (before === null) return false;
      set(before);
      before = null;
      return true;
    },
    settle() {
      before = null;
    },
    noteRead(encoded) {
      readBy.set(encoded, choice());
    },
    hasRead(encoded) {
      const reader = readBy.get(encoded);
      return reader !== undefined && isSameChoice(reader, choice());
    },
    async locate(signal) {
      const chosen = choice();
      if (chosen.kind === "demo") return demo;
      try {
        return { kind: "files", files: await converter.files(signal, chosen.packId) };
      } catch (error) {
        if (!isAppError(error, "model-unknown")) throw error;
        onGone(chosen.name);
        before = null;
        if (isSameChoice(choice(), chosen)) set(DEMO_CHOICE);
        return demo;
      }
    },
  };
}
