/** What a reader of QR codes sees, by ISO/IEC 18004; it takes the codes as undamaged. */

type Modules = readonly (readonly boolean[])[];

/** The dark modules of an SVG that draws them as horizontal bars on a view box of one unit each, without the quiet zone. */
export function modulesOf(svg: string, quietZone: number): Modules {
  const size = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)?.[1]);
  const rows = Array.from({ length: size }, () => new Array<boolean>(size).fill(false));
  for (const [, x, y, width] of svg.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g))
    rows[Number(y)]!.fill(true, Number(x), Number(x) + Number(width));
  return rows.slice(quietZone, -quietZone).map((row) => row.slice(quietZone, -quietZone));
}

const MASKS: readonly ((y: number, x: number) => number)[] = [
  (y, x) => (y + x) % 2,
  (y) => y % 2,
  (_, x) => x % 3,
  (y, x) => (y + x) % 3,
  (y, x) => (Math.floor(y / 2) + Math.floor(x / 3)) % 2,
  (y, x) => ((y * x) % 2) + ((y * x) % 3),
  (y, x) => (((y * x) % 2) + ((y * x) % 3)) % 2,
  (y, x) => (((y + x) % 2) + ((y * x) % 3)) % 2,
];

// Version 4 of level M: 33 modules, one alignment pattern, two blocks of 32 data codewords each.
const SIZE = 33;
const BLOCKS = 2;
const BLOCK_BYTES = 32;
const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';

/** Finder patterns with their format information, timing patterns, the alignment pattern. */
function isFunction(y: number, x: number): boolean {
  const corner = (y < 9 && x < 9) || (y < 9 && x >= SIZE - 8) || (y >= SIZE - 8 && x < 9);
  return corner || y === 6 || x === 6 || (y >= SIZE - 9 && y < SIZE - 4 && x >= SIZE - 9 && x < SIZE - 4);
}

/** The text of a code of version 4, level M and alphanumeric mode; throws for any other. */
export function textOf(modules: Modules): string {
  if (modules.length !== SIZE) throw new Error(`A code of ${modules.length} modules is not of version 4.`);
  const format = [0, 1, 2, 3, 4].map((x) => (modules[8]![x] ? '1' : '0')).join('');
  const [level, mask] = [(Number.parseInt(format, 2) ^ 0b10101) >> 3, (Number.parseInt(format, 2) ^ 0b10101) & 7];
  if (level !== 0) throw new Error('The code is not of level M.');
  const bits: number[] = [];
  for (let right = SIZE - 1, up = true; right > 0; right -= 2, up = !up) {
    if (right === 6) right = 5;
    for (let step = 0; step < SIZE; step++)
      for (const x of [right, right - 1]) {
        const y = up ? SIZE - 1 - step : step;
        if (!isFunction(y, x)) bits.push(Number(modules[y]![x]) ^ (MASKS[mask]!(y, x) === 0 ? 1 : 0));
      }
  }
  const codeword = (nth: number) => bits.slice(nth * 8, nth * 8 + 8);
  const places = Array.from({ length: BLOCKS }, (_, block) => Array.from({ length: BLOCK_BYTES }, (__, nth) => nth * BLOCKS + block));
  return alphanumeric(places.flat().flatMap(codeword));
}

function alphanumeric(bits: readonly number[]): string {
  let at = 0;
  const take = (count: number) => {
    at += count;
    return Number.parseInt(bits.slice(at - count, at).join(''), 2);
  };
  if (take(4) !== 0b0010) throw new Error('The code is not in alphanumeric mode.');
  let text = '';
  const length = take(9);
  while (text.length + 1 < length) {
    const pair = take(11);
    text += ALPHANUMERIC[Math.floor(pair / 45)]! + ALPHANUMERIC[pair % 45]!;
  }
  return text.length < length ? text + ALPHANUMERIC[take(6)]! : text;
}
