import type { Random } from "./random.ts";

const PAINTERS = (
  "Turner|Monet|Vermeer|Rembrandt|Titian|Giotto|Cézanne|Poussin|Friedrich|Constable|Van Gogh|Goya|Rubens|Bellini|Duccio|" +
  "Claude|Corot|Courbet|Manet|Morisot|Cassatt|Gentileschi|Caravaggio|Velázquez|El Greco|Dürer|Bruegel|Bosch|Van Eyck|" +
  "Raphael|Leonardo|Michelangelo|Tintoretto|Veronese|Watteau|Chardin|Fragonard|David|Ingres|Delacroix|Degas|Renoir|" +
  "Pissarro|Seurat|Gauguin|Munch|Klimt|Hokusai|Hiroshige|Hals|Ruisdael|Cuyp|Hobbema|Canaletto|Guardi|Whistler|Homer"
).split("|");
const WRITERS =
  "Ruskin|Vasari|Baudelaire|Fry|Wölfflin|Pater|Berenson|a critic|the catalogue|an early visitor|his brother|the restorer".split(
    "|",
  );
const PLACES =
  "Venice|Rome|Delft|Florence|Paris|Arles|London|Haarlem|Siena|Madrid|Vienna|Dresden|Kyoto|Antwerp|Bruges|Naples".split(
    "|",
  );
const PERIODS = (
  "the Renaissance|the Baroque|the Dutch Golden Age|Romanticism|Impressionism|the early fifteenth century|his last years|" +
  "the Salon|the Gothic period|the seventeenth century|the nineteenth century|the Edo period"
).split("|");
const ASIDES = (
  "as so often in this period|for which many studies survive|bought by the museum much later|as the drawings confirm|" +
  "a device learned from earlier masters|which scholars have discussed at length|painted quickly and without a sketch|" +
  "according to a letter|though the attribution is doubtful|perhaps made for a patron|as the inventory records|" +
  "and this gives the work its meaning|so that the eye is led slowly through the composition|as tradition demanded|" +
  "which invites the viewer to look again|and the mood is one of calm|in keeping with the story told by the gospel"
).split("|");
const OPENINGS = (
  "{painter} painted this work in {year} in {place}|In {year} {painter} returned to {place}|Critics of {period} admired the work|" +
  "{writer} wrote about this painting in {year}|The composition is simple and balanced|The work hangs in {place} today|" +
  "It was made during {period}|The artist signed and dated the work in {year}|Here {painter} departs from earlier practice|" +
  "The altarpiece was commissioned in {year}|What strikes the viewer first is the arrangement|The work belongs to {period}|" +
  "This is among the best known works by {painter}|Seen from a distance the whole holds together|The subject is taken from legend"
).split("|");
const FRAMES = (
  "{painter} shows {caption}|In this work of {year} one sees {caption}|Here we find {caption}|We see {caption}|" +
  "{writer} describes {caption}|There is {caption}|The painter places {caption} before us|The eye goes first to {caption}|" +
  "Typical of {period} is {caption}|The work from {place} presents {caption}|Most memorable is {caption}|" +
  "In the version in {place} {painter} has painted {caption}|One notices {caption}|The viewer meets {caption}"
).split("|");
const CLOSINGS = (
  "The work was shown in {place} in {year}|{writer} praised its harmony|It was restored in {year}|The meaning remains disputed|" +
  "Later artists such as {painter} studied it closely|Nothing in it is accidental|The effect is quiet but powerful|" +
  "It is now kept in {place}|The panel was cut down before {year}|{painter} never painted it again"
).split("|");

function fillIn(template: string, random: Random, caption: string): string {
  return template
    .replace("{painter}", () => random.pick(PAINTERS))
    .replace("{writer}", () => random.pick(WRITERS))
    .replace("{place}", () => random.pick(PLACES))
    .replace("{period}", () => random.pick(PERIODS))
    .replace("{year}", () => String(1300 + random.int(620)))
    .replace("{caption}", () => caption);
}

/**
 * Puts a caption into one or two sentences as they occur in books on painting, with names, dates
 * and phrases that say nothing about the picture, so that the encoder learns to ignore them.
 */
export function embedInProse(caption: string, random: Random): string {
  const bare = caption.replace(/\.$/, "");
  const isClause = /\b(is|lies|stands|appears|shows|can be seen|comes|falls)\b/.test(bare);
  let text = isClause ? bare : fillIn(random.pick(FRAMES), random, bare);
  if (random.chance(0.3)) text = `${text}, ${random.pick(ASIDES)}`;
  const share = random.next();
  if (share < 0.3)
    text = `${fillIn(random.pick(OPENINGS), random, "")}${random.pick([": ", ". ", "; ", ", and "])}${text}`;
  else if (share < 0.5) text = `${text}. ${fillIn(random.pick(CLOSINGS), random, "")}`;
  else if (share < 0.6) {
    text = `${fillIn(random.pick(OPENINGS), random, "")}. ${text}. ${fillIn(random.pick(CLOSINGS), random, "")}`;
  }
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
