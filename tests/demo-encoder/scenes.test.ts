import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  fullCaption,
  horizontalPlace,
  mixedCaption,
  relationBetween,
  verticalPlace,
} from "../../scripts/demo-encoder/captions.ts";
import { PAIR_KINDS, samplePair } from "../../scripts/demo-encoder/pairs.ts";
import { matchesPhrase, samplePhrase } from "../../scripts/demo-encoder/phrases.ts";
import { embedInProse } from "../../scripts/demo-encoder/prose.ts";
import { createRandom } from "../../scripts/demo-encoder/random.ts";
import { renderScene } from "../../scripts/demo-encoder/render.ts";
import { MOTIFS, type Motif, type Scene, sampleScene } from "../../scripts/demo-encoder/scene.ts";
import { PICTURE_SETS } from "../../scripts/demo-encoder/sets.ts";
import { createTextureBank } from "../../scripts/demo-encoder/texture.ts";

const scenes = Array.from({ length: 300 }, (_, index) => sampleScene(5, index));

function motif(name: Motif["name"], colour: Motif["colour"], x: number, y: number): Motif {
  return { name, colour, size: "medium", box: [x - 0.1, y - 0.1, x + 0.1, y + 0.1] };
}

const twoMotifs: Scene = {
  seed: 1,
  ground: "plain",
  horizon: null,
  tone: "dark",
  temperature: "cold",
  texture: "smooth",
  lightFrom: null,
  motifs: [motif("boat", "red", 0.2, 0.5), motif("house", "blue", 0.8, 0.5)],
};

describe("sampleScene", () => {
  it("gives the held-out scenes on which the figures of the model card were measured", () => {
    const { seed } = PICTURE_SETS.heldOut;
    const hash = createHash("sha256");
    for (let index = 0; index < 20; index++) hash.update(JSON.stringify(sampleScene(seed, index)));
    expect(hash.digest("hex").slice(0, 16)).toBe("d8aa7965ac4b3ce2");
  });

  it("gives every set its own seed", () => {
    const seeds = Object.values(PICTURE_SETS).map(({ seed }) => seed);
    expect(new Set(seeds).size).toBe(seeds.length);
  });

  it("keeps motifs inside the picture, in colours that they come in, and apart from each other", () => {
    for (const { motifs } of scenes) {
      for (const { name, colour, box } of motifs) {
        expect(MOTIFS[name].colours).toContain(colour);
        expect(Math.min(...box)).toBeGreaterThanOrEqual(0);
        expect(Math.max(...box)).toBeLessThanOrEqual(1);
        expect(box[2]).toBeGreaterThan(box[0]);
        expect(box[3]).toBeGreaterThan(box[1]);
      }
    }
  });
});

describe("renderScene", () => {
  const textures = createTextureBank(1);
  const options = { width: 224, height: 224, style: "painted", textures } as const;

  it("draws the same picture from the same scene, and another from another", () => {
    const [a, b] = [sampleScene(9, 0), sampleScene(9, 1)];
    const first = renderScene(a, options);
    expect(first.length).toBe(224 * 224 * 3);
    expect(renderScene(a, options)).toEqual(first);
    expect(renderScene(b, options)).not.toEqual(first);
  });

  it("draws a motif in its colour at its place", () => {
    const rgb = renderScene({ ...twoMotifs, tone: "light" }, options);
    // The middle of the blue house's wall, left of its window.
    const at = (Math.round(0.53 * 224) * 224 + Math.round(0.76 * 224)) * 3;
    const [red = 0, , blue = 0] = rgb.subarray(at, at + 3);
    expect(blue).toBeGreaterThan(red + 60);
  });

  it("makes dark scenes darker and cold ones bluer", () => {
    const sum = (scene: Scene, channel: number): number =>
      renderScene(scene, options).reduce(
        (total, value, at) => total + (at % 3 === channel ? value : 0),
        0,
      );
    const bare: Scene = { ...twoMotifs, motifs: [] };
    expect(sum(bare, 1)).toBeLessThan(0.7 * sum({ ...bare, tone: "light" }, 1));
    const warm: Scene = { ...bare, temperature: "warm" };
    expect(sum(bare, 2) / sum(bare, 0)).toBeGreaterThan(sum(warm, 2) / sum(warm, 0));
  });
});

describe("captions", () => {
  it("says left and right, above and below as the boxes lie", () => {
    const [boat, house] = twoMotifs.motifs as [Motif, Motif];
    expect(horizontalPlace(boat)).toBe(-1);
    expect(horizontalPlace(house)).toBe(1);
    expect(verticalPlace(boat)).toBe(0);
    expect(relationBetween(boat, house)).toBe("left");
    expect(relationBetween(motif("sun", "red", 0.7, 0.2), house)).toBe("above");
    expect(relationBetween(boat, motif("sun", "red", 0.22, 0.55))).toBeNull();
  });

  it("never names a side on which the picture has nothing", () => {
    const leftOnly: Scene = { ...twoMotifs, motifs: twoMotifs.motifs.slice(0, 1) };
    for (let seed = 0; seed < 200; seed++) {
      expect(fullCaption(leftOnly, createRandom(seed))).not.toMatch(/\bright\b/);
      expect(mixedCaption(leftOnly, createRandom(seed))).not.toMatch(/\bright\b/);
    }
  });

  it("names every motif of the scene in a full caption", () => {
    for (let seed = 0; seed < 50; seed++) {
      const caption = fullCaption(twoMotifs, createRandom(seed));
      expect(caption).toMatch(/boat|ship|vessel/);
      expect(caption).toMatch(/house|cottage|building/);
    }
  });

  it("keeps the caption's words inside prose", () => {
    for (let seed = 0; seed < 50; seed++) {
      const prose = embedInProse("a red boat on the left", createRandom(seed));
      expect(prose.toLowerCase()).toContain("a red boat on the left");
      expect(prose).not.toContain("{");
    }
  });
});

describe("samplePair", () => {
  it("swaps places, partners or colours, and never gives the same text twice", () => {
    for (const kind of PAIR_KINDS) {
      const pairs = scenes.flatMap(
        (scene, index) => samplePair(scene, kind, createRandom(index)) ?? [],
      );
      expect(pairs.length).toBeGreaterThan(30);
      for (const { right, wrong } of pairs) expect(right).not.toBe(wrong);
    }
  });

  it("puts the true side first", () => {
    for (let seed = 0; seed < 40; seed++) {
      const pair = samplePair(
        { ...twoMotifs, motifs: twoMotifs.motifs.slice(0, 1) },
        "leftRight",
        createRandom(seed),
      );
      expect(pair?.right).toContain("left");
      expect(pair?.wrong).toContain("right");
    }
  });

  it("swaps colours that both motifs can have", () => {
    const pair = samplePair(twoMotifs, "colour", createRandom(3));
    const coloured = (text: string | undefined): string =>
      (text ?? "").replace(/crimson|scarlet/g, "red").replace(/azure/g, "blue");
    expect(coloured(pair?.right)).toMatch(/red (boat|ship|sailing boat|vessel)/);
    expect(coloured(pair?.wrong)).toMatch(/blue (boat|ship|sailing boat|vessel)/);
  });
});

describe("samplePhrase", () => {
  it("is true of at least one motif of its scene", () => {
    for (const [index, scene] of scenes.entries()) {
      if (scene.motifs.length === 0) continue;
      const { key } = samplePhrase(scene, createRandom(index));
      expect(scene.motifs.some((candidate) => matchesPhrase(candidate, key))).toBe(true);
    }
  });
});
