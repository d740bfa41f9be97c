import { Show } from "solid-js";
import type { EditionInfo, EncoderInfo } from "../../core/protocol.ts";
import { formatBytes } from "../format-bytes.ts";

interface AboutProps {
  readonly encoder: EncoderInfo | null;
  readonly edition: EditionInfo | null;
}

const count = new Intl.NumberFormat("en");

/** The colophon: what is compared with what, what the encoder can and cannot tell, and how to move. */
export function About(props: AboutProps) {
  return (
    <footer class="about">
      <h2>About these results</h2>
      <p class="about-lead">
        These sentences lie closest to the picture in the model’s space. Nearness is not evidence.
      </p>
      <div class="about-columns">
        <section>
          <h3>The encoder</h3>
          <p>
            <Show when={props.encoder} fallback="The model is loaded with the first picture.">
              {(encoder) => (
                <>
                  {encoder().name} turns a picture and a sentence into {encoder().dim} numbers each
                  and compares them. It reads {encoder().grid} × {encoder().grid} cells of the
                  framed square.
                </>
              )}
            </Show>
          </p>
          <Show when={props.encoder !== null && props.encoder.vocabulary === null}>
            <p>
              Its weights were published by others, or are your own; this device converted them.
              Models of this kind were trained on pictures with captions from the web, and carry the
              habits and the gaps of that material. What it finds near is a place to start reading,
              never a finding.
            </p>
          </Show>
          <Show when={props.encoder?.hasAdapter === true && props.encoder.vocabulary === null}>
            <p>
              {props.encoder?.variants.adapted} is the same model with two small matrices more,
              which were trained on writing about art.
            </p>
          </Show>
          <Show when={props.encoder?.vocabulary}>
            {(vocabulary) => (
              <>
                <p>
                  It is a small encoder trained on drawings made by a program, with{" "}
                  {count.format(vocabulary().length)} words. It can tell colours, light and dark,
                  warm and cold, where things stand, large and small, and plain motifs such as a
                  boat, a tree, a figure or a dome.
                </p>
                <p>
                  It cannot tell who painted a picture, when, or what it means, and it reads no
                  faces, no writing and no iconography. On photographs of paintings it is out of its
                  depth: take its answers as a demonstration of the method.
                </p>
              </>
            )}
          </Show>
        </section>
        <section>
          <h3>The sentences</h3>
          <p>
            <Show when={props.edition} fallback="The sentences are opened with the first picture.">
              {(edition) => (
                <>
                  {edition().name}: {count.format(edition().sentences)} sentences in{" "}
                  {count.format(edition().works)} works, {formatBytes(edition().bytes)}.
                </>
              )}
            </Show>
          </p>
          <p>
            The bar beside a sentence says how near it is by its rank among all sentences. The
            cosine, under Details, has no zero that means anything and is not a percentage.
          </p>
        </section>
        <section>
          <h3>The maps</h3>
          <p>
            A map shows which cells speak for a sentence, by Grad-ECLIP (Zhao et al., 2024). Where
            it points, the model found what moved the sentence nearer; it does not follow that the
            thing is there.
          </p>
          <h3>Keys</h3>
          <p>
            In the list, <kbd>↑</kbd> <kbd>↓</kbd> or <kbd>K</kbd> <kbd>J</kbd> move and{" "}
            <kbd>Enter</kbd> pins a map; <kbd>X</kbd> selects. On the picture, arrows move between
            cells, <kbd>Enter</kbd> searches for one, <kbd>Esc</kbd> for the whole.
          </p>
          <h3>Your picture and your texts</h3>
          <p>
            They stay on this device: everything runs in this page, and nothing is sent anywhere.
          </p>
        </section>
      </div>
    </footer>
  );
}
