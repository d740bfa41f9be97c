import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { fingerprintAdapter, takeFingerprint } from "../../../src/core/model/fingerprint.ts";
import { fromHalves, toHalves } from "../../../src/core/model/half.ts";
import { randomAdapter, randomFloats, randomNumbers } from "../../helpers/random-clip.ts";

const createDigest = () => {
  const hash = createHash("sha256");
  return {
    update: (bytes: Uint8Array<ArrayBuffer>) => void hash.update(bytes),
    hex: () => hash.digest("hex"),
  };
};

const random = randomFloats(70_000, 0.5, randomNumbers(1));
// Values on both sides of everything that an exporter treats in its own way: zeros, what a half cannot keep, what it
// keeps as a subnormal, and what rounds up to the smallest normal half.
const edges = [
  0, -0, 1e-9, -3e-8, 9.9e-8, 2e-7, -6e-6, 5.9e-5, 6.1034e-5, 6.1035e-5, -6.2e-5, 1e-4,
];
const values = Float32Array.from([...edges, ...random]);

function fingerprint(tensor: Float32Array, name = "a.weight"): string {
  const taker = takeFingerprint(createDigest);
  taker.add(name, [tensor.length], tensor);
  return taker.hex();
}

describe("the fingerprint of a tower", () => {
  it("is the same for float32 weights and for their export in half precision", () => {
    expect(fingerprint(fromHalves(toHalves(values)))).toBe(fingerprint(values));
  });

  it("is the same where an exporter lifts what is tiny to 1e-7, or drops it", () => {
    const least = 1e-7;
    const lifted = values.map((value) =>
      value !== 0 && Math.abs(value) < least ? Math.sign(value) * least : value,
    );
    expect(fingerprint(fromHalves(toHalves(lifted)))).toBe(fingerprint(values));
    const dropped = values.map((value) => (Math.abs(value) < 6e-5 ? 0 : value));
    expect(fingerprint(dropped)).toBe(fingerprint(values));
  });

  it("is another one for another value, name, shape, or place of a value", () => {
    const changed = values.slice();
    changed[60_000] = (changed[60_000] ?? 0) * 1.01;
    const prints = [
      fingerprint(values),
      fingerprint(changed),
      fingerprint(values, "b.weight"),
      fingerprint(values.toReversed()),
      fingerprint(values.subarray(1)),
    ];
    expect(new Set(prints).size).toBe(prints.length);
  });

  it("does not depend on the order in which tensors pass by", () => {
    const parts = [
      ["a", Float32Array.of(1, 2)],
      ["b", Float32Array.of(3)],
    ] as const;
    const [forwards, backwards] = [parts, parts.toReversed()].map((order) => {
      const taker = takeFingerprint(createDigest);
      for (const [name, tensor] of order) taker.add(name, [tensor.length], tensor);
      return taker.hex();
    });
    expect(backwards).toBe(forwards);
  });
});

describe("the fingerprint of an adapter", () => {
  it("is that of its factors as halves, its rank and its scale", () => {
    const adapter = randomAdapter(1);
    const print = fingerprintAdapter(adapter, createDigest);
    const asHalves = new Map(
      [...adapter].map(([layer, update]) => [
        layer,
        {
          ...update,
          up: fromHalves(toHalves(update.up)),
          down: fromHalves(toHalves(update.down)),
        },
      ]),
    );
    expect(fingerprintAdapter(asHalves, createDigest)).toBe(print);
    expect(fingerprintAdapter(randomAdapter(2), createDigest)).not.toBe(print);
    const scaled = new Map([...adapter].map(([layer, update]) => [layer, { ...update, scale: 1 }]));
    expect(fingerprintAdapter(scaled, createDigest)).not.toBe(print);
  });
});
