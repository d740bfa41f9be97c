import { describe, expect, it } from "vitest";
import { ownWish, publishedModels } from "../../../src/app/models/wanted-models.ts";
import { MODEL_SOURCES } from "../../../src/config/model-sources.ts";

const file = (name: string, bytes = 1) => new File([new Uint8Array(bytes)], name);

describe("publishedModels", () => {
  it("offers CLIP with PaintingCLIP first, and says what it costs and whom it asks", () => {
    const [first] = publishedModels(null, []);
    expect(first?.wanted).toMatchObject({
      name: "CLIP ViT-B/32 with PaintingCLIP",
      request: {
        weights: { kind: "hub", id: "clip-vit-base-patch32" },
        adapter: { kind: "hub", id: "painting-clip" },
        mirror: null,
      },
    });
    expect(first?.visionBytes).toBeGreaterThan(176_000_000);
    expect(first?.hosts).toEqual([new URL(MODEL_SOURCES[0]?.place.host ?? "").host]);
    // The budget of a kept pack.
    expect(first?.keptBytes).toBeLessThan(105_000_000);
  });

  it("names the mirror as the only host where there is one", () => {
    for (const { hosts, wanted } of publishedModels("https://mirror.test:8443/x/", [])) {
      expect(hosts).toEqual(["mirror.test:8443"]);
      expect(wanted.request.mirror).toBe("https://mirror.test:8443/x/");
    }
  });

  it("takes an adapter of the person's own in place of the published one", () => {
    const adapter = [file("adapter_config.json"), file("adapter_model.safetensors")];
    const [only, ...others] = publishedModels(null, adapter);
    expect(others).toEqual([]);
    expect(only?.wanted.request.adapter).toEqual({ kind: "files", files: adapter });
  });

  it("tells every offer from every other one", () => {
    const ids = publishedModels(null, []).map(({ wanted }) => wanted.id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe("ownWish", () => {
  it("makes a model of weights, with the adapter beside them", () => {
    const weights = [file("config.json"), file("model.safetensors", 50)];
    const adapter = file("adapter_model.safetensors");
    expect(ownWish([...weights, adapter])).toEqual({
      kind: "model",
      wanted: {
        id: "own-files",
        name: "model.safetensors",
        request: {
          weights: { kind: "files", files: weights },
          adapter: { kind: "files", files: [adapter] },
          mirror: null,
        },
      },
    });
  });

  it("keeps an adapter alone for a model to come, and leaves out what a system puts beside files", () => {
    const adapter = [file("adapter_config.json"), file("adapter_model.safetensors")];
    expect(ownWish([...adapter, file(".DS_Store")])).toEqual({ kind: "adapter", files: adapter });
    expect(ownWish([file(".DS_Store")])).toEqual({ kind: "nothing" });
  });
});
