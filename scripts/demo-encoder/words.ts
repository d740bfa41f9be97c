import type { ColourName, Ground, MotifName, Size, Temperature, Texture, Tone } from "./scene.ts";

/** Words for a motif. Mass nouns and plurals ("fruit", "hills") take no article. */
export const MOTIF_WORDS: Record<
  MotifName,
  { readonly countable: readonly string[]; readonly mass: readonly string[] }
> = {
  figure: { countable: ["figure", "person", "man", "woman", "standing figure"], mass: [] },
  group: {
    countable: ["group of figures", "crowd", "group of people"],
    mass: ["figures", "people"],
  },
  sun: { countable: ["sun"], mass: [] },
  moon: { countable: ["moon", "crescent moon"], mass: [] },
  tree: { countable: ["tree"], mass: [] },
  boat: { countable: ["boat", "ship", "sailing boat", "vessel"], mass: [] },
  house: { countable: ["house", "cottage", "building"], mass: [] },
  dome: { countable: ["dome", "cupola", "domed church", "church"], mass: [] },
  cross: { countable: ["cross", "crucifix"], mass: [] },
  halo: { countable: ["halo", "nimbus", "haloed head", "saint"], mass: [] },
  table: { countable: ["table"], mass: [] },
  window: { countable: ["window"], mass: [] },
  animal: { countable: ["animal", "horse", "beast"], mass: [] },
  fruit: { countable: ["heap of fruit"], mass: ["fruit", "apples"] },
  drapery: { countable: ["curtain", "cloth"], mass: ["drapery"] },
  hills: { countable: [], mass: ["hills", "mountains"] },
  water: { countable: ["lake", "river"], mass: ["water", "waves"] },
  candle: { countable: ["candle"], mass: [] },
  bridge: { countable: ["bridge"], mass: [] },
  flower: { countable: ["flower", "blossom"], mass: [] },
  star: { countable: ["star"], mass: [] },
  bird: { countable: ["bird"], mass: [] },
};

/** The first word of each list is the plain one and is used most often. */
export const COLOUR_WORDS: Record<ColourName, readonly string[]> = {
  red: ["red", "crimson", "scarlet"],
  blue: ["blue", "azure"],
  green: ["green"],
  yellow: ["yellow", "golden"],
  white: ["white"],
  black: ["black"],
  brown: ["brown", "umber"],
  orange: ["orange"],
  purple: ["purple", "violet"],
  pink: ["pink"],
  grey: ["grey", "gray"],
};

export const SIZE_WORDS: Record<Size, readonly string[]> = {
  small: ["small", "little", "tiny"],
  medium: [],
  large: ["large", "big", "great"],
};

export const TONE_WORDS: Record<Tone, readonly string[]> = {
  light: ["light", "bright", "pale", "luminous"],
  middle: ["muted"],
  dark: ["dark", "shadowy", "sombre", "gloomy"],
};

export const TEMPERATURE_WORDS: Record<Temperature, readonly string[]> = {
  warm: ["warm", "warm-coloured", "glowing"],
  cold: ["cold", "cool", "chilly"],
};

export const GROUND_WORDS: Record<Ground, readonly string[]> = {
  landscape: ["landscape", "field", "open country"],
  sea: ["sea", "seascape", "ocean"],
  interior: ["interior", "room"],
  plain: ["plain background", "bare wall"],
  gold: ["gold ground", "gilded background"],
};

export const TEXTURE_WORDS: Record<Texture, readonly string[]> = {
  smooth: ["smooth paint", "a smooth surface", "even brushwork"],
  rough: ["rough impasto", "thick paint", "rough brushwork"],
  hatched: ["hatching", "hatched strokes", "fine parallel lines"],
  dotted: ["dots", "stippled dots", "small dots of paint"],
  cracked: ["cracks", "cracked varnish", "craquelure"],
};

/** Words that join the content words of captions, and words of any English sentence that say nothing about a picture. */
export const FUNCTION_WORDS = (
  "a an the of and with on at in to is are there can be seen we see from falls comes lies stands appears shows " +
  "hangs under over above below beneath picture painting scene canvas work part corner side half upper lower top " +
  "bottom left right centre middle high low horizon light lit paint s its it this that these those by for as has have " +
  "was were which who his her their he she they one two but or so not also into"
).split(" ");
