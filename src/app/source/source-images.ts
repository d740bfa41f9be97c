import { createContext } from "solid-js";
import type { WorkImage } from "../../core/edition/works-file.ts";

/** The images that an edition has of a work, for the places in its text where they stand. */
export interface SourceImages {
  readonly images: readonly WorkImage[];
  /** An image by its file name; rejects as `SearchApi.workImage` does. */
  read(signal: AbortSignal, file: string): Promise<Blob>;
}

/** Set around the blocks of a text; null where the edition has no images of the work. */
export const SourceImagesContext = createContext<SourceImages | null>(null);
