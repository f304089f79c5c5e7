import { encode } from 'uqr';

/** Four modules of white all around, without which readers do not find the code (ISO/IEC 18004, 6.3.8). */
const QUIET_ZONE = 4;

/**
 * The text as a QR code (ISO/IEC 18004) in an SVG document without a size of its own: a module is a unit of its view box. Error correction
 * is of level M at least, for phones with scratched screens.
 */
export function qrSvg(text: string): string {
  // Choosing the mask would take ten times as long, and signed text is as good as random under any of them.
  const { data, size } = encode(text, { ecc: 'M', boostEcc: true, border: QUIET_ZONE, maskPattern: 3 });
  const runs = data.flatMap((row, y) =>
    [
      ...row
        .map((dark) => (dark ? '1' : '0'))
        .join('')
        .matchAll(/1+/g),
    ].map((run) => bar(run, y)),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges"><rect width="${size}" height="${size}" fill="#fff"/><path d="${runs.join('')}"/></svg>`;
}

/** A run of dark modules in row `y`. */
function bar({ index, 0: { length } }: RegExpExecArray, y: number): string {
  return `M${index} ${y}h${length}v1h-${length}z`;
}
