/**
 * A baseline JPEG encoder (ITU-T T.81) for the sample pictures: three components, no subsampling,
 * the standard's example tables (annex K). Small enough that no dependency is needed.
 */

/** Order of coefficients from low to high frequency (T.81 figure A.6). */
const ZIGZAG = [
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20,
  13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52,
  45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
] as const;
/** Table K.1, row by row. */
const LUMINANCE_STEPS = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56,
  14, 17, 22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113,
  92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
] as const;
/** Table K.2. */
const CHROMINANCE_STEPS = [
  17,
  18,
  24,
  47,
  99,
  99,
  99,
  99,
  18,
  21,
  26,
  66,
  99,
  99,
  99,
  99,
  24,
  26,
  56,
  99,
  99,
  99,
  99,
  99,
  47,
  66,
  99,
  99,
  99,
  99,
  99,
  99,
  ...Array.from({ length: 32 }, () => 99),
] as const;
/** Table K.3: number of codes of each length 1 … 16, then the symbols. */
const DC_COUNTS = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0] as const;
const DC_SYMBOLS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] as const;
/** Table K.5. */
const AC_COUNTS = [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7d] as const;
const AC_SYMBOLS = acSymbols();

/** The symbols of table K.5: the first 37 in its order; the rest, all of 16 bits, by run and size. */
function acSymbols(): number[] {
  const short = [
    0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61, 0x07,
    0x22, 0x71, 0x14, 0x32, 0x81, 0x91, 0xa1, 0x08, 0x23, 0x42, 0xb1, 0xc1, 0x15, 0x52, 0xd1, 0xf0,
    0x24, 0x33, 0x62, 0x72, 0x82,
  ];
  const known = new Set(short);
  const rest: number[] = [];
  for (let run = 0; run < 16; run++) {
    for (let size = 1; size <= 10; size++) {
      const symbol = (run << 4) | size;
      if (!known.has(symbol)) rest.push(symbol);
    }
  }
  return [...short, ...rest];
}

interface HuffmanTable {
  readonly code: Uint16Array;
  readonly length: Uint8Array;
}

/** Codes in order of length, each the last plus one (T.81 annex C). */
function buildTable(counts: readonly number[], symbols: readonly number[]): HuffmanTable {
  const code = new Uint16Array(256);
  const length = new Uint8Array(256);
  let next = 0;
  let at = 0;
  counts.forEach((count, index) => {
    for (let n = 0; n < count; n++) {
      const symbol = symbols[at++] as number;
      code[symbol] = next++;
      length[symbol] = index + 1;
    }
    next <<= 1;
  });
  return { code, length };
}

const DC_TABLE = buildTable(DC_COUNTS, DC_SYMBOLS);
const AC_TABLE = buildTable(AC_COUNTS, AC_SYMBOLS);
const COSINES = Float64Array.from({ length: 64 }, (_, index) => {
  const frequency = index >> 3;
  const scale = frequency === 0 ? Math.SQRT1_2 / 2 : 0.5;
  return scale * Math.cos(((2 * (index & 7) + 1) * frequency * Math.PI) / 16);
});

class BitWriter {
  readonly bytes: number[] = [];
  private pending = 0;
  private count = 0;

  write(value: number, length: number): void {
    for (let bit = length - 1; bit >= 0; bit--) {
      this.pending = (this.pending << 1) | ((value >> bit) & 1);
      if (++this.count === 8) this.flushByte();
    }
  }

  /** Fills the last byte with ones. */
  finish(): void {
    while (this.count > 0) this.write(1, 1);
  }

  private flushByte(): void {
    this.bytes.push(this.pending);
    // A byte of ones would read as a marker.
    if (this.pending === 0xff) this.bytes.push(0);
    this.pending = 0;
    this.count = 0;
  }
}

function scaledSteps(steps: readonly number[], quality: number): number[] {
  const scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
  return steps.map((step) => Math.min(255, Math.max(1, Math.floor((step * scale + 50) / 100))));
}

/** Encodes interleaved 8-bit RGB. Quality is 1 … 100 as in common encoders. */
export function encodeJpeg(
  rgb: Uint8Array,
  width: number,
  height: number,
  quality: number,
): Uint8Array {
  const steps = [
    scaledSteps(LUMINANCE_STEPS, quality),
    scaledSteps(CHROMINANCE_STEPS, quality),
  ] as const;
  const bits = new BitWriter();
  const previous = [0, 0, 0];
  const block = new Float64Array(64);
  for (let top = 0; top < height; top += 8) {
    for (let left = 0; left < width; left += 8) {
      for (let component = 0; component < 3; component++) {
        readBlock(rgb, width, height, left, top, component, block);
        const levels = quantise(transform(block), component === 0 ? steps[0] : steps[1]);
        writeBlock(bits, levels, previous[component] as number);
        previous[component] = levels[0] as number;
      }
    }
  }
  bits.finish();
  return Uint8Array.from([...header(width, height, steps), ...chunked(bits.bytes), 0xff, 0xd9]);
}

/** A generator, because spreading a million bytes as arguments would overflow the stack. */
function* chunked(bytes: readonly number[]): Generator<number> {
  yield* bytes;
}

const TO_YCBCR = [
  [0.299, 0.587, 0.114, -128],
  [-0.168736, -0.331264, 0.5, 0],
  [0.5, -0.418688, -0.081312, 0],
] as const;

function readBlock(
  rgb: Uint8Array,
  width: number,
  height: number,
  left: number,
  top: number,
  component: number,
  block: Float64Array,
): void {
  const [red, green, blue, shift] = TO_YCBCR[component] as (typeof TO_YCBCR)[0];
  for (let index = 0; index < 64; index++) {
    const x = Math.min(width - 1, left + (index & 7));
    const y = Math.min(height - 1, top + (index >> 3));
    const at = (y * width + x) * 3;
    block[index] =
      (rgb[at] as number) * red +
      (rgb[at + 1] as number) * green +
      (rgb[at + 2] as number) * blue +
      shift;
  }
}

/** The two-dimensional discrete cosine transform, rows and then columns (T.81 A.3.3). */
function transform(block: Float64Array): Float64Array {
  const half = new Float64Array(64);
  const out = new Float64Array(64);
  for (let row = 0; row < 8; row++) {
    for (let frequency = 0; frequency < 8; frequency++) {
      let sum = 0;
      for (let x = 0; x < 8; x++) {
        sum += (block[row * 8 + x] as number) * (COSINES[frequency * 8 + x] as number);
      }
      half[row * 8 + frequency] = sum;
    }
  }
  for (let column = 0; column < 8; column++) {
    for (let frequency = 0; frequency < 8; frequency++) {
      let sum = 0;
      for (let y = 0; y < 8; y++) {
        sum += (half[y * 8 + column] as number) * (COSINES[frequency * 8 + y] as number);
      }
      out[frequency * 8 + column] = sum;
    }
  }
  return out;
}

/** Rounded levels in zigzag order. */
function quantise(coefficients: Float64Array, steps: readonly number[]): Int32Array {
  return Int32Array.from(ZIGZAG, (at) =>
    Math.round((coefficients[at] as number) / (steps[at] as number)),
  );
}

function writeLevel(bits: BitWriter, level: number, size: number): void {
  bits.write(level < 0 ? level + (1 << size) - 1 : level, size);
}

function bitSize(level: number): number {
  return 32 - Math.clz32(Math.abs(level));
}

function writeSymbol(bits: BitWriter, table: HuffmanTable, symbol: number): void {
  bits.write(table.code[symbol] as number, table.length[symbol] as number);
}

function writeBlock(bits: BitWriter, levels: Int32Array, previous: number): void {
  const difference = (levels[0] as number) - previous;
  const size = bitSize(difference);
  writeSymbol(bits, DC_TABLE, size);
  writeLevel(bits, difference, size);
  let run = 0;
  for (let index = 1; index < 64; index++) {
    const level = levels[index] as number;
    if (level === 0) {
      run++;
      continue;
    }
    for (; run > 15; run -= 16) writeSymbol(bits, AC_TABLE, 0xf0);
    const length = bitSize(level);
    writeSymbol(bits, AC_TABLE, (run << 4) | length);
    writeLevel(bits, level, length);
    run = 0;
  }
  if (run > 0) writeSymbol(bits, AC_TABLE, 0);
}

function header(width: number, height: number, steps: readonly [number[], number[]]): number[] {
  const segment = (marker: number, body: readonly number[]): number[] => [
    0xff,
    marker,
    (body.length + 2) >> 8,
    (body.length + 2) & 255,
    ...body,
  ];
  const inZigzag = (table: readonly number[]): number[] => ZIGZAG.map((at) => table[at] as number);
  const jfif = [0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0];
  const frame = [8, height >> 8, height & 255, width >> 8, width & 255, 3];
  for (let component = 1; component <= 3; component++)
    frame.push(component, 0x11, component === 1 ? 0 : 1);
  return [
    0xff,
    0xd8,
    ...segment(0xe0, jfif),
    ...segment(0xdb, [0, ...inZigzag(steps[0]), 1, ...inZigzag(steps[1])]),
    ...segment(0xc0, frame),
    ...segment(0xc4, [0x00, ...DC_COUNTS, ...DC_SYMBOLS, 0x10, ...AC_COUNTS, ...AC_SYMBOLS]),
    ...segment(0xda, [3, 1, 0, 2, 0, 3, 0, 0, 63, 0]),
  ];
}
