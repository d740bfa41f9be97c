import { afterEach, describe, expect, it, vi } from "vitest";
import { createSampleShelf } from "../../../src/app/open/create-sample-shelf.ts";
import { createSession } from "../../../src/app/session/create-session.ts";
import { pictureOnStage } from "../../../src/app/session/session-state.ts";
import { type Deferred, deferred, picture, services, settle } from "../session/doubles.ts";

const sample = {
  title: "Boat",
  alt: "A boat",
  width: 1,
  height: 1,
  url: "https://a.example/b.jpg",
};
afterEach(() => {
  vi.unstubAllGlobals();
});

/** A session with samples whose bytes come when the test says so. */
function setUp() {
  const answers: Deferred<Response>[] = [];
  vi.stubGlobal("fetch", () => {
    const answer = deferred<Response>();
    answers.push(answer);
    return answer.promise;
  });
  const session = createSession(services());
  const shelf = createSampleShelf(session, "https://a.example/");
  const name = () => pictureOnStage(session.state())?.name;
  return { answers, session, shelf, name };
}

describe("the shelf of samples", () => {
  it("opens a sample once its bytes are there", async () => {
    const { answers, shelf, name } = setUp();
    shelf.choose(sample);
    answers[0]?.resolve(new Response("bytes"));
    await settle();
    expect(name()).toBe("Boat");
  });

  it("does not put a sample in the place of a picture that was opened while it came", async () => {
    const { answers, session, shelf, name } = setUp();
    shelf.choose(sample);
    session.openPicture(picture("mine"));
    answers[0]?.resolve(new Response("bytes"));
    await settle();
    expect(name()).toBe("mine");
  });
});
