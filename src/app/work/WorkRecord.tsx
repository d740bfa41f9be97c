import { type JSX, Show } from "solid-js";
import { chicagoBibliography } from "../../core/citation/chicago.ts";
import { toCoins } from "../../core/citation/coins.ts";
import { readMarkup } from "../../core/citation/rich-text.ts";
import type { WorkDetail } from "../../core/protocol.ts";
import { RichTextView } from "../citation/RichTextView.tsx";
import { httpsLink } from "../https-link.ts";

interface WorkRecordProps {
  readonly work: WorkDetail;
  onHeading(heading: HTMLHeadingElement): void;
  onCite(): void;
}

const count = new Intl.NumberFormat("en");
const names = new Intl.ListFormat("en", { type: "conjunction" });

/** The bibliographic record of a work, and the ways to it. */
export function WorkRecord(props: WorkRecordProps) {
  const citation = () => props.work.work.citation;
  const doi = () => {
    const { DOI } = citation();
    return DOI === undefined ? null : httpsLink(`https://doi.org/${DOI}`);
  };
  // The open-access copy, where it is another address than the DOI's.
  const open = () => {
    const link = httpsLink(props.work.work.link) ?? httpsLink(citation().URL ?? null);
    return link === doi() ? null : link;
  };
  return (
    <header class="work-record">
      <h2 ref={props.onHeading} tabindex={-1}>
        <RichTextView text={readMarkup(props.work.work.title)} />
      </h2>
      <p class="work-citation">
        <RichTextView text={chicagoBibliography(citation())} />
        <span class="Z3988" title={toCoins(citation())} aria-hidden="true" />
      </p>
      <dl class="work-facts">
        <Fact name="Painters and other creators" value={listOf(props.work.creators)} />
        <Fact name="Topics" value={listOf(props.work.topics)} />
        <Fact name="Sentences in this edition" value={count.format(props.work.sentences)} />
        <Fact name="Id" value={props.work.work.workId} />
      </dl>
      <p class="work-ways">
        <button
          type="button"
          class="button is-primary"
          aria-haspopup="dialog"
          onClick={() => props.onCite()}
        >
          Cite this work
        </button>
        <Show when={doi()}>
          {(link) => <Outward href={link()}>Open the work of record (DOI)</Outward>}
        </Show>
        <Show when={open()}>{(link) => <Outward href={link()}>Open the source</Outward>}</Show>
        <Show when={props.work.work.isProjectNote}>
          <span class="project-note">Note of this project</span>
        </Show>
      </p>
    </header>
  );
}

function listOf(values: readonly string[]): string | null {
  return values.length === 0 ? null : names.format(values);
}

function Fact(props: { readonly name: string; readonly value: string | null }) {
  return (
    <Show when={props.value}>
      {(value) => (
        <div>
          <dt>{props.name}</dt>
          <dd>{value()}</dd>
        </div>
      )}
    </Show>
  );
}

function Outward(props: { readonly href: string; readonly children: JSX.Element }) {
  return (
    <a href={props.href} target="_blank" rel="noopener noreferrer">
      {props.children}
      <span class="visually-hidden"> in a new tab</span>
    </a>
  );
}
