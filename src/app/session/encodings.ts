import type { EncoderClient } from "../../client/encoder-client.ts";
import { isAppError } from "../../core/errors.ts";
import type { ReportProgress } from "../../core/progress.ts";
import type { EncodedPicture, EncodedRegion, ExplainRequest } from "../../core/protocol.ts";
import type { EncodeOptions, Rect } from "../../core/view/view.ts";
import { isSameView } from "./same-view.ts";
import type { Picture } from "./session-state.ts";

/** What is asked of the encoder about pictures. */
type Encoder = Pick<EncoderClient, "encodePicture" | "encodeRegion" | "explain">;

/**
 * The encoder's answers about pictures, as values that stay valid. The encoder itself remembers one picture, and none after
 * a restart; where it has forgotten, it is shown the picture again, in the same way, and the question is put once more.
 */
export interface Encodings {
  encode(
    picture: Picture,
    options: EncodeOptions,
    report: ReportProgress,
    signal: AbortSignal,
  ): Promise<EncodedPicture>;
  /** The newest encoding, where it is of this picture and view. */
  newest(picture: Picture, options: EncodeOptions): EncodedPicture | null;
  /** Embeds a part of the picture on its own; asked again for the same part, the answer is the same object. */
  crop(encoded: EncodedPicture, rect: Rect, signal: AbortSignal): Promise<EncodedRegion>;
  /** A part that was embedded before, or null. */
  knownCrop(encoded: EncodedPicture, rect: Rect): EncodedRegion | null;
  /** The maps of texts on a picture, or on a part of it. */
  explain(
    encoded: EncodedPicture,
    crop: EncodedRegion | null,
    request: Pick<ExplainRequest, "variant" | "method" | "texts">,
    signal: AbortSignal,
  ): Promise<Float32Array<ArrayBuffer>>;
}

/** What the page knows of one encoding beyond its vectors. */
interface Known {
  readonly picture: Picture;
  /** What the encoder calls it now. */
  pictureId: string;
  readonly crops: Map<string, EncodedRegion>;
  /** What the encoder calls its parts, under the name that it then had for the picture. */
  readonly regionIds: Map<string, { readonly pictureId: string; readonly regionId: string }>;
}

const ignore = () => undefined;

/** @param beforePass called whenever the tower is about to be run for a whole picture */
export function createEncodings(encoder: Encoder, beforePass: () => void): Encodings {
  const known = new WeakMap<EncodedPicture, Known>();
  let newest: EncodedPicture | null = null;

  const requireKnown = (encoded: EncodedPicture): Known => {
    const own = known.get(encoded);
    if (own === undefined) throw new Error("an encoding of another session");
    return own;
  };

  const pass = (
    picture: Picture,
    options: EncodeOptions,
    report: ReportProgress,
    signal: AbortSignal,
  ): Promise<EncodedPicture> => {
    beforePass();
    return encoder.encodePicture(signal, picture.blob, options, report);
  };

  /** Asks with the encoder's name for the picture; once more after another pass where that name is forgotten. */
  const asking = async <T>(
    encoded: EncodedPicture,
    signal: AbortSignal,
    ask: (pictureId: string) => Promise<T>,
  ): Promise<T> => {
    const own = requireKnown(encoded);
    try {
      return await ask(own.pictureId);
    } catch (error) {
      if (!isAppError(error, "picture-unknown")) throw error;
      own.pictureId = (await pass(own.picture, encoded.options, ignore, signal)).pictureId;
      return await ask(own.pictureId);
    }
  };

  const encodeRegion = async (
    own: Known,
    pictureId: string,
    rect: Rect,
    signal: AbortSignal,
  ): Promise<EncodedRegion> => {
    const region = await encoder.encodeRegion(signal, { pictureId, rect });
    own.regionIds.set(keyOf(rect), { pictureId, regionId: region.regionId });
    return region;
  };

  return {
    async encode(picture, options, report, signal) {
      const encoded = await pass(picture, options, report, signal);
      const { pictureId } = encoded;
      known.set(encoded, { picture, pictureId, crops: new Map(), regionIds: new Map() });
      newest = encoded;
      return encoded;
    },
    newest(picture, options) {
      const isIt =
        newest !== null &&
        known.get(newest)?.picture === picture &&
        isSameView(newest.options, options);
      return isIt ? newest : null;
    },
    async crop(encoded, rect, signal) {
      const own = requireKnown(encoded);
      const before = own.crops.get(keyOf(rect));
      if (before !== undefined) return before;
      const region = await asking(encoded, signal, (pictureId) =>
        encodeRegion(own, pictureId, rect, signal),
      );
      own.crops.set(keyOf(rect), region);
      return region;
    },
    knownCrop: (encoded, rect) => requireKnown(encoded).crops.get(keyOf(rect)) ?? null,
    explain(encoded, crop, request, signal) {
      const own = requireKnown(encoded);
      return asking(encoded, signal, async (pictureId) => {
        // A copy, because sending may hand the buffer over and the page still needs it.
        const asked = { ...request, pictureId, texts: request.texts.slice() };
        if (crop === null) return await encoder.explain(signal, { ...asked, regionId: null });
        const named = own.regionIds.get(keyOf(crop.rect));
        const regionId =
          named?.pictureId === pictureId
            ? named.regionId
            : (await encodeRegion(own, pictureId, crop.rect, signal)).regionId;
        return await encoder.explain(signal, { ...asked, regionId });
      });
    },
  };
}

function keyOf({ x, y, width, height }: Rect): string {
  return `${x} ${y} ${width} ${height}`;
}
