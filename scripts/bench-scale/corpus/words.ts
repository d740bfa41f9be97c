import { createRandom, mixSeed, type Random } from "../../demo-encoder/random.ts";
import { type CorpusPlan, STREAMS, THEMES } from "./corpus-plan.ts";
import { RandomStream } from "./random-stream.ts";

const FIGURES = (
  "a woman|an old man|two fishermen|a young musician|the shepherd|a kneeling saint|three soldiers|a child|a merchant|" +
  "the gardener|a reaper|a pilgrim|the sleeping traveller|an angel|a dancer|the washerwoman|a prince|a horseman|two sisters|the hermit"
).split("|");
const ACTIONS = (
  "reading a letter|holding a lute|waiting|looking into the distance|carrying a basket of fruit|writing|pouring milk|mending a net|" +
  "turning away from us|pointing upwards|resting|gathering flowers|lifting a curtain|praying|listening|feeding a bird|weighing gold|" +
  "lighting a lamp|singing|drawing water"
).split("|");
const PLACES = (
  "beside a window|under a dark sky|in a narrow street|on the shore|before a ruined arch|at a table|in a walled garden|" +
  "by the river|on a bridge|in an empty church|below the mountain|at the edge of the wood|in candlelight|on a staircase|in the snow"
).split("|");
const SUBJECTS = (
  "Light|Colour|Perspective|Ornament|Landscape|Portraiture|Drapery|Narrative|Devotion|Patronage|The nude|Still life|" +
  "Restoration|Allegory|The workshop|The market|The altarpiece|Memory|Gesture|Shadow"
).split("|");
const SCHOOLS = (
  "in Siena|in Venice|in Delft|in Bruges|in Rome|in Paris|in Edo|in Madrid|in Vienna|in London|of the Nabis|after Giotto|" +
  "before Raphael|in the Salon|at the court of Mantua|in the Low Countries|under the Medici|in Dresden|in Naples|in Haarlem"
).split("|");
const SURNAMES = (
  "Abel|Brandt|Castelli|Dupont|Ekström|Ferrari|García|Hughes|Ivanova|Jensen|Kowalska|Lindqvist|Moreau|Novák|Okada|Petrov|" +
  "Quinn|Rossi|Schneider|Tanaka|Ueda|Vermeulen|Weber|Young|Zeller"
).split("|");
const NAMES =
  "Anna|Bram|Clara|David|Elena|Frans|Greta|Hugo|Inés|Jan|Karin|Louis|Marta|Nils|Olga".split("|");

const ADJECTIVES = (
  "pale|austere|gilded|restless|luminous|faded|severe|tender|crowded|solitary|shallow|monumental|frail|opaque|brittle|lavish|sombre|" +
  "radiant|weathered|delicate|abrupt|hesitant|vivid|muted|archaic|courtly|rustic|intimate|theatrical|veiled|angular|fluent|sparse|" +
  "turbulent|serene|ambiguous|precise|clumsy|noble|humble|exotic|devout|ironic|playful|melancholy|stern|lucid|ornate|plain|dense|airy|" +
  "sharp|blurred|cold|warm|early|late|unfinished|restored|damaged|forged|celebrated|forgotten|provincial"
).split("|");
const NOUNS = (
  "panel|canvas|fresco|engraving|sketch|pigment|varnish|glaze|contour|drapery|halo|horizon|archway|altar|niche|predella|workshop|patron|" +
  "guild|donor|commission|contract|inventory|collector|dealer|museum|chapel|cloister|palace|harbour|orchard|valley|storm|dusk|mirror|" +
  "window|threshold|curtain|candle|skull|lute|book|letter|map|globe|goblet|carpet|sword|crown|lamb|dove|lily|ivy|oak|river|bridge|tower|" +
  "ruin|column|staircase|garden|market|procession|banquet|battle|wedding|funeral|pilgrimage|miracle|legend|psalm|gesture|gaze|shadow|" +
  "silhouette|texture|rhythm|symmetry|proportion|perspective|allegory|emblem|manner|tradition|attribution|copy|pendant|series|frame"
).split("|");
const VERBS = (
  "recalls|denies|frames|softens|repeats|answers|conceals|reveals|balances|interrupts|measures|borrows|inherits|rejects|imitates|outlives|" +
  "accompanies|precedes|surrounds|divides|joins|darkens|warms|flattens|deepens|anchors|loosens|exposes|protects|honours|mocks|quotes|revises|" +
  "translates|suspends|completes|disturbs|steadies|multiplies|empties"
).split("|");
const SYLLABLES =
  "ba|ler|mon|vi|ces|tor|dan|el|fra|gio|hel|is|jor|kas|lu|mar|nel|os|pie|quen|ri|sal|tin|ul|ver|wil|xan|yo|zen|ard|bel|cor".split(
    "|",
  );

/** What a theme is about, in words: every theme has its own. */
export function themeWords(theme: number): string {
  const figure = FIGURES[theme % FIGURES.length] ?? "";
  const action = ACTIONS[Math.floor(theme / FIGURES.length) % ACTIONS.length] ?? "";
  const place = PLACES[Math.floor((theme * PLACES.length) / THEMES) % PLACES.length] ?? "";
  return `${figure} ${action} ${place}`;
}

/** Shares of sentences that are not prose, as scanned books have them. */
const CAPTIONS = 0.03;
const REFERENCES = 0.04;
const RUNNING_HEADS = 0.01;
const DEBRIS = 0.01;

/** The words of a row. A repeated row has its original's, in half of the cases with one word lost. */
export function rowWords(plan: CorpusPlan, row: number): string {
  const { seed } = plan.options;
  const { repeats, theme, work } = plan.row(row);
  if (repeats !== null) {
    const words = rowWords(plan, repeats);
    const stream = new RandomStream(seed, STREAMS.words, row);
    if (stream.uniform() < 0.5) return words;
    const parts = words.split(" ");
    parts.splice(stream.below(parts.length - 1), 1);
    return parts.join(" ");
  }
  const random = createRandom(mixSeed(seed, STREAMS.words, row));
  const about = themeWords(theme);
  const kind = random.next();
  if (kind < CAPTIONS) return `Fig. ${random.int(200) + 1}. ${capital(about)}, oil on canvas.`;
  if (kind < CAPTIONS + REFERENCES) {
    const year = 1900 + random.int(120);
    return `${random.pick(SURNAMES)}, ${random.pick(NAMES)[0]}. (${year}). ${workTitle(plan, work)}. ${random.pick(SCHOOLS)} Press, pp. ${random.int(300)}–${300 + random.int(90)}.`;
  }
  if (kind < CAPTIONS + REFERENCES + RUNNING_HEADS) {
    return `${random.int(400) + 1} ${workTitle(plan, work).toUpperCase()}`;
  }
  if (kind < CAPTIONS + REFERENCES + RUNNING_HEADS + DEBRIS) {
    return about.replaceAll(" ", () => random.pick([" ", "~ ", " |", " .", "^ "]));
  }
  return `${capital(prose(about, random))}.`;
}

/** A surname that is nobody's: two or three syllables. */
function inventedName(random: Random): string {
  const parts = [random.pick(SYLLABLES), random.pick(SYLLABLES)];
  if (random.chance(0.5)) parts.push(random.pick(SYLLABLES));
  return capital(parts.join(""));
}

/** A sentence about a theme; most of its words are its own, so that it is like no other that is not meant to be. */
function prose(about: string, random: Random): string {
  const thing = () => `${random.pick(ADJECTIVES)} ${random.pick(NOUNS)}`;
  const does = () => random.pick(VERBS);
  const year = () => String(1300 + random.int(700));
  const forms: readonly (() => string)[] = [
    () => `the ${thing()} ${does()} ${about}, and the ${thing()} ${does()} the ${thing()}`,
    () =>
      `in ${year()} ${inventedName(random)} saw ${about}; the ${thing()} ${does()} a ${thing()}`,
    () => `${about}: the ${thing()} ${does()} what the ${thing()} ${does()}`,
    () =>
      `${inventedName(random)} writes of the ${thing()} that ${does()} ${about} like a ${thing()}`,
    () => `no ${thing()} ${does()} the ${thing()} so well as ${about} in ${inventedName(random)}`,
    () => `where ${inventedName(random)} has ${about}, the ${thing()} ${does()} its ${thing()}`,
    () => `with a ${thing()} and a ${thing()}, ${about} ${does()} the ${thing()} of ${year()}`,
    () => `the ${thing()} by ${inventedName(random)} ${does()} a ${thing()} rather than ${about}`,
  ];
  return random.pick(forms)();
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

export function workTitle({ options }: CorpusPlan, work: number): string {
  const stream = new RandomStream(options.seed, STREAMS.record, work + 2 ** 24);
  const subject = SUBJECTS[stream.below(SUBJECTS.length)] ?? "";
  const other = SUBJECTS[stream.below(SUBJECTS.length)] ?? "";
  return `${subject} and ${other.toLowerCase()} ${SCHOOLS[stream.below(SCHOOLS.length)] ?? ""}`;
}

/** The name of a topic: every topic has its own. */
export function topicName(topic: number): string {
  const school = SCHOOLS[Math.floor(topic / SUBJECTS.length) % SCHOOLS.length] ?? "";
  return `${SUBJECTS[topic % SUBJECTS.length] ?? ""} ${school}`;
}

/** An author's name, from a number. */
export function authorName(author: number): string {
  const name = NAMES[author % NAMES.length] ?? "";
  return `${name} ${SURNAMES[Math.floor(author / NAMES.length) % SURNAMES.length] ?? ""}`;
}
