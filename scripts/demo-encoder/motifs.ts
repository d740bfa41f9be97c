import type { Pen } from "./pen.ts";
import type { Random } from "./random.ts";
import { type Colour, scaleColour } from "./raster.ts";
import type { MotifName } from "./scene.ts";

type Draw = (pen: Pen, colour: Colour, random: Random) => void;

const SKIN: Colour = [0.86, 0.68, 0.55];
const BARK: Colour = [0.34, 0.22, 0.11];
const LEAF: Colour = [0.2, 0.48, 0.17];
const SHADOW: Colour = [0.2, 0.16, 0.14];
const GLASS: Colour = [0.62, 0.8, 0.92];
const SAIL: Colour = [0.93, 0.9, 0.82];
const FLAME: Colour = [1, 0.8, 0.25];

function person(pen: Pen, colour: Colour, x: number, width: number): void {
  const at = (share: number): number => x + share * width;
  pen.moveTo(at(-0.3), -0.45).lineTo(at(0.3), -0.45);
  pen.curveTo(at(0.75), -0.2, at(0.6), 0.5, at(0.95), 1).lineTo(at(-0.95), 1);
  pen.curveTo(at(-0.6), 0.5, at(-0.75), -0.2, at(-0.3), -0.45).fill(colour);
  pen.ellipse(x, -0.7, 0.36 * width, 0.29).fill(SKIN);
}

function bulb(pen: Pen, x: number, y: number, rx: number, ry: number, colour: Colour): void {
  pen.ellipse(x, y, rx, ry).fill(colour);
}

/** How each motif is drawn in its own square of −1 … 1. */
export const DRAW_MOTIF: Record<MotifName, Draw> = {
  figure: (pen, colour) => person(pen, colour, 0, 1),
  group(pen, colour, random) {
    const count = 3 + random.int(2);
    for (let index = 0; index < count; index++) {
      const x = -1 + ((index + 0.5) * 2) / count;
      person(pen, scaleColour(colour, random.range(0.75, 1.2)), x, 0.98 / count);
    }
  },
  sun(pen, colour) {
    for (let ray = 0; ray < 10; ray++) {
      const angle = (ray * Math.PI) / 5;
      const side = (turn: number): readonly [number, number] => [
        Math.cos(angle + turn) * 0.68,
        Math.sin(angle + turn) * 0.68,
      ];
      pen.polygon(...side(-0.14), Math.cos(angle), Math.sin(angle), ...side(0.14));
    }
    pen.fill(colour);
    bulb(pen, 0, 0, 0.6, 0.6, colour);
  },
  moon(pen, colour) {
    pen.ellipse(-0.1, 0, 0.95, 0.97, -1.9, 1.9);
    pen.curveTo(0.42, 0.6, 0.42, -0.6, -0.1 + 0.95 * Math.cos(1.9), -0.97 * Math.sin(1.9));
    pen.fill(colour);
  },
  tree(pen, colour, random) {
    pen.rect(-0.14, 0.2, 0.14, 1).fill(BARK);
    if (random.chance(0.5)) {
      bulb(pen, -0.5, -0.05, 0.48, 0.4, scaleColour(colour, 0.88));
      bulb(pen, 0.5, -0.05, 0.48, 0.4, scaleColour(colour, 1.1));
      bulb(pen, 0, -0.42, 0.72, 0.57, colour);
    } else {
      pen.polygon(0, -0.7, 0.9, 0.42, -0.9, 0.42).fill(scaleColour(colour, 0.9));
      pen.polygon(0, -1, 0.6, -0.3, -0.6, -0.3).fill(colour);
    }
  },
  boat(pen, colour, random) {
    pen.moveTo(-1, 0.4).lineTo(1, 0.4).curveTo(0.9, 0.8, 0.7, 1, 0.55, 1).lineTo(-0.6, 1);
    pen.curveTo(-0.75, 0.95, -0.95, 0.7, -1, 0.4).fill(colour);
    pen.rect(-0.05, -1, 0.06, 0.4).fill(BARK);
    pen.polygon(0.1, -0.9, 0.8, 0.28, 0.1, 0.28);
    pen.fill(random.chance(0.5) ? scaleColour(colour, 1.12) : SAIL);
  },
  house(pen, colour) {
    pen.rect(-0.85, -0.2, 0.85, 1).fill(colour);
    pen.polygon(-1, -0.2, 0, -1, 1, -0.2).fill(scaleColour(colour, 0.55));
    pen.rect(-0.2, 0.4, 0.2, 1).fill(SHADOW);
    pen.rect(0.4, 0.05, 0.66, 0.36).fill([0.9, 0.85, 0.55]);
  },
  dome(pen, colour) {
    pen.rect(-0.13, -1, 0.13, -0.6).fill(scaleColour(colour, 0.7));
    pen.ellipse(0, 0.35, 0.98, 1.08, Math.PI, 2 * Math.PI).fill(colour);
    pen.rect(-0.82, 0.32, 0.82, 1).fill(scaleColour(colour, 0.8));
    for (const x of [-0.5, 0, 0.5]) pen.rect(x - 0.1, 0.5, x + 0.1, 0.95);
    pen.fill(SHADOW);
  },
  cross(pen, colour) {
    const arm = [-0.2, -1, 0.2, -1, 0.2, -0.5, 1, -0.5, 1, -0.2, 0.2, -0.2];
    pen.polygon(...arm, 0.2, 1, -0.2, 1, -0.2, -0.2, -1, -0.2, -1, -0.5, -0.2, -0.5).fill(colour);
  },
  halo(pen, colour) {
    pen.polygon(-0.28, 0.4, 0.28, 0.4, 0.7, 1, -0.7, 1).fill([0.45, 0.3, 0.32]);
    bulb(pen, 0, -0.08, 0.42, 0.5, SKIN);
    pen.ring(0, -0.08, 0.95, 0.9, 0.72).fill(colour);
  },
  table(pen, colour) {
    pen.rect(-0.85, -0.25, -0.65, 1).rect(0.65, -0.25, 0.85, 1).fill(scaleColour(colour, 0.7));
    pen.rect(-1, -0.62, 1, -0.22).fill(colour);
  },
  window(pen, colour) {
    pen.rect(-1, -1, 1, 1).fill(colour);
    for (const x of [-0.8, 0.1]) {
      for (const y of [-0.86, -0.24, 0.38]) pen.rect(x, y, x + 0.7, y + 0.48);
    }
    pen.fill(GLASS);
  },
  animal(pen, colour) {
    for (const x of [-0.66, -0.42, 0.3, 0.54]) pen.rect(x, 0.2, x + 0.15, 1);
    pen.fill(scaleColour(colour, 0.8));
    pen.moveTo(-0.72, -0.15).curveTo(-0.95, 0.1, -0.95, 0.3, -0.92, 0.5).lineTo(-0.8, 0.45);
    pen.lineTo(-0.6, 0.1).fill(scaleColour(colour, 0.7));
    bulb(pen, -0.05, 0, 0.75, 0.42, colour);
    pen.polygon(0.4, -0.1, 0.55, -0.75, 0.85, -0.6, 0.65, 0.1).fill(colour);
    bulb(pen, 0.74, -0.58, 0.26, 0.26, scaleColour(colour, 1.06));
    pen.polygon(0.58, -0.76, 0.66, -1, 0.78, -0.78).fill(colour);
  },
  fruit(pen, colour, random) {
    for (const [x, y] of [
      [-0.48, 0.4],
      [0.48, 0.4],
      [0, -0.2],
    ] as const) {
      bulb(pen, x, y, 0.5, 0.56, scaleColour(colour, random.range(0.85, 1.15)));
    }
    pen.polygon(0, -0.72, 0.35, -1, 0.16, -0.62).fill(LEAF);
  },
  drapery(pen, colour) {
    for (let fold = 0; fold < 5; fold++) {
      const x = -1 + fold * 0.4;
      const hem = 0.9 + 0.1 * (fold % 2);
      pen.moveTo(x, -1).lineTo(x + 0.4, -1);
      pen.curveTo(x + 0.54, -0.3, x + 0.26, 0.3, x + 0.4, hem).lineTo(x, hem);
      pen
        .curveTo(x - 0.14, 0.3, x + 0.14, -0.3, x, -1)
        .fill(scaleColour(colour, fold % 2 ? 0.68 : 1.12));
    }
  },
  hills(pen, colour) {
    for (const [x, half, height, shade] of [
      [-0.45, 0.55, 1.95, 0.78],
      [0.45, 0.55, 1.6, 0.9],
      [0, 0.7, 1.2, 1.1],
    ] as const) {
      pen
        .moveTo(x - half, 1)
        .curveTo(x - half * 0.4, 1 - height * 0.9, x - half * 0.2, 1 - height, x, 1 - height);
      pen.curveTo(x + half * 0.2, 1 - height, x + half * 0.4, 1 - height * 0.9, x + half, 1);
      pen.fill(scaleColour(colour, shade));
    }
  },
  water(pen, colour) {
    pen.rect(-1, -0.7, 1, 1).fill(colour);
    for (let line = 0; line < 4; line++) {
      const y = -0.5 + line * 0.42;
      pen.moveTo(-1, y);
      for (let wave = 0; wave < 5; wave++) {
        const x = -1 + wave * 0.4;
        pen.curveTo(x + 0.1, y - 0.26, x + 0.3, y - 0.26, x + 0.4, y);
      }
      pen.stroke(0.11, scaleColour(colour, line % 2 ? 0.6 : 1.5));
    }
  },
  candle(pen, colour) {
    pen.rect(-0.8, 0.85, 0.8, 1).fill(SHADOW);
    pen.rect(-0.42, -0.3, 0.42, 0.86).fill(colour);
    pen.moveTo(0, -1).curveTo(0.5, -0.6, 0.4, -0.36, 0, -0.32);
    pen.curveTo(-0.4, -0.36, -0.5, -0.6, 0, -1).fill(FLAME);
  },
  bridge(pen, colour) {
    pen.moveTo(-1, -0.2).curveTo(-0.5, -0.7, 0.5, -0.7, 1, -0.2).lineTo(1, 1).lineTo(0.82, 1);
    pen.curveTo(0.78, -0.05, 0.18, -0.05, 0.14, 1).lineTo(-0.14, 1);
    pen.curveTo(-0.18, -0.05, -0.78, -0.05, -0.82, 1).lineTo(-1, 1).fill(colour);
    pen
      .moveTo(-1, -0.45)
      .curveTo(-0.5, -0.95, 0.5, -0.95, 1, -0.45)
      .stroke(0.14, scaleColour(colour, 0.7));
  },
  flower(pen, colour) {
    pen.rect(-0.08, -0.2, 0.08, 1).fill(LEAF);
    pen.polygon(0, 0.8, 0.75, 0.3, 0.15, 0.45).polygon(0, 0.9, -0.75, 0.45, -0.15, 0.55).fill(LEAF);
    for (let petal = 0; petal < 5; petal++) {
      const angle = (petal * 2 * Math.PI) / 5 - Math.PI / 2;
      pen.ellipse(Math.cos(angle) * 0.52, -0.42 + Math.sin(angle) * 0.32, 0.42, 0.27);
    }
    pen.fill(colour);
    bulb(pen, 0, -0.42, 0.24, 0.16, [0.95, 0.78, 0.2]);
  },
  star(pen, colour) {
    const points: number[] = [];
    for (let corner = 0; corner < 10; corner++) {
      const angle = (corner * Math.PI) / 5 - Math.PI / 2;
      const radius = corner % 2 ? 0.42 : 1;
      points.push(Math.cos(angle) * radius, Math.sin(angle) * radius);
    }
    pen.polygon(...points).fill(colour);
  },
  bird(pen, colour) {
    pen
      .moveTo(-0.1, 0.2)
      .curveTo(-0.3, -0.7, -0.7, -0.9, -1, -1)
      .curveTo(-0.7, -0.4, -0.6, 0.3, 0.1, 0.45);
    pen.fill(scaleColour(colour, 0.85));
    pen
      .moveTo(0.1, 0.2)
      .curveTo(0.2, -0.6, 0.5, -0.85, 0.85, -0.95)
      .curveTo(0.7, -0.3, 0.5, 0.2, 0.1, 0.45);
    pen.fill(scaleColour(colour, 1.1));
    bulb(pen, 0.05, 0.42, 0.55, 0.34, colour);
    bulb(pen, 0.6, 0.22, 0.22, 0.26, colour);
    pen.polygon(0.78, 0.1, 1, 0.25, 0.78, 0.36).fill([0.9, 0.6, 0.15]);
    pen.polygon(-0.4, 0.3, -0.95, 0.95, -0.3, 0.75).fill(scaleColour(colour, 0.8));
  },
};
