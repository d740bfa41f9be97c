// First, because it declares the order of the layers that every other stylesheet adds to.
import "./app/styles/index.css";

import { createEffect, createMemo } from "solid-js";
import { render } from "solid-js/web";
import { App } from "./app/App.tsx";
import { createModelShelf } from "./app/models/create-model-shelf.ts";
import { mirrorFrom } from "./app/models/mirror.ts";
import { createChoiceMemory } from "./app/models/model-choice.ts";
import { createUnfinishedMemory } from "./app/models/unfinished-memory.ts";
import { createOffline } from "./app/offline/create-offline.ts";
import { createSampleShelf } from "./app/open/create-sample-shelf.ts";
import { createTextShelf } from "./app/own-texts/create-text-shelf.ts";
import { createTextsHint } from "./app/own-texts/texts-hint.ts";
import { ifTextsAreFree, onTextsChange, undoOffers } from "./app/own-texts/texts-tabs.ts";
import { createSafeStart } from "./app/safe-start/create-safe-start.ts";
import { guardEncoder } from "./app/safe-start/guard-encoder.ts";
import { createPageLife } from "./app/safe-start/page-life.ts";
import { createWorkMarks } from "./app/safe-start/work-marks.ts";
import { createSession } from "./app/session/create-session.ts";
import type { Session } from "./app/session/session.ts";
import { EDITION_URL, MODEL_PACK_URL, SAMPLES_URL } from "./app/site.ts";
import { createConverterClient } from "./client/converter-client.ts";
import { createEncoderClient } from "./client/encoder-client.ts";
import { createOwnTextsClient } from "./client/own-texts-client.ts";
import { createSearchClient } from "./client/search-client.ts";
import { MODEL_SOURCES } from "./config/model-sources.ts";

/** When the service worker is registered at the latest, in milliseconds after the start. */
const LATEST_REGISTRATION = 4000;

const root = document.getElementById("app");
if (root === null) throw new Error("index.html lacks #app");

render(() => {
  const converter = createConverterClient();
  const texts = createOwnTextsClient();
  const textsHint = createTextsHint(() => localStorage);
  const marks = createWorkMarks(() => localStorage);
  const safe = createSafeStart(marks, createPageLife(), Date.now);
  const session: Session = createSession({
    encoder: guardEncoder(
      createEncoderClient({ onReopened: (info) => session.modelReopened(info) }),
      safe,
    ),
    search: createSearchClient(),
    texts,
    hasOwnTexts: textsHint.read,
    converter,
    choices: createChoiceMemory(() => localStorage),
    textPartBytes: publishedTextBytes,
    model: {
      pack: { kind: "url", url: MODEL_PACK_URL },
      providers: ["webgpu", "wasm"],
      allowSoftwareAdapter: false,
      safeMode: false,
    },
    editionUrl: EDITION_URL,
    storage: () => navigator.storage,
    savesData,
    mark: (name) => performance.mark(name),
  });
  const offline = createOffline();
  // What offline use needs is fetched after the first results, not beside them, or when nobody asks for any.
  setTimeout(offline.register, LATEST_REGISTRATION);
  // The runtime while results are shown: the state itself changes with every hover.
  const shownRuntime = createMemo(() =>
    session.state().kind === "showing" ? (session.encoder()?.runtime ?? null) : null,
  );
  createEffect(() => {
    const runtime = shownRuntime();
    if (runtime === null) return;
    offline.register();
    whenIdle(() => offline.keepData(runtime));
  });
  const warmUp = () => {
    if (!savesData() && !safe.isSafe()) whenIdle(() => session.warmUp());
  };
  void safe.ready.then(warmUp);
  const shelf = createSampleShelf(session, SAMPLES_URL);
  const models = createModelShelf({
    converter,
    session,
    memory: createUnfinishedMemory(() => localStorage),
    storage: () => navigator.storage,
  });
  const ownTexts = createTextShelf({
    texts,
    session,
    hint: textsHint,
    storage: () => navigator.storage,
    ifFree: ifTextsAreFree,
    undo: undoOffers,
    onChange: onTextsChange,
  });
  return (
    <App
      session={session}
      offline={offline}
      shelf={shelf}
      models={models}
      texts={ownTexts}
      safe={safe}
      mirror={mirrorFrom(location.hash, import.meta.env["VITE_MODEL_MIRROR"])}
      savesData={savesData()}
    />
  );
}, root);

function publishedTextBytes(name: string): number | null {
  const source = MODEL_SOURCES.find((candidate) => candidate.name === name);
  return source?.text.reduce((total, { bytes }) => total + bytes, 0) ?? null;
}

/** True where the browser was told to spare the connection; then nothing is fetched before it is needed. */
function savesData(): boolean {
  const connection: unknown = Reflect.get(navigator, "connection");
  return (
    typeof connection === "object" &&
    connection !== null &&
    Reflect.get(connection, "saveData") === true
  );
}

/** Runs `work` once the page has painted and has nothing better to do. */
function whenIdle(work: () => void): void {
  if ("requestIdleCallback" in globalThis) requestIdleCallback(work, { timeout: 2000 });
  else setTimeout(work, 200);
}
