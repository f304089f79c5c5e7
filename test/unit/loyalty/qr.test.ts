import { expect, it } from 'vitest';
import { qrSvg } from '../../../subgraphs/loyalty/qr.ts';
import { modulesOf, textOf } from '../../support/qr-reader.ts';

const TOKEN = 'V1ABCDEFGHJKMNPQRSTVWXR7ASQGVGWSRJJ75500TCSG00PV4HYP9E8SE0M2F6ZGS52YE524';

it('is read back as the text, from an SVG that draws nothing else', () => {
  const svg = qrSvg(TOKEN);
  expect(textOf(modulesOf(svg, 4))).toBe(TOKEN);
  expect(svg.replace(/<path d="[Mhvz\d -]+"\/>/, '<path/>')).toBe(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 41 41" shape-rendering="crispEdges"><rect width="41" height="41" fill="#fff"/><path/></svg>',
  );
});

it('has four white modules all around', () => {
  const bars = [...qrSvg(TOKEN).matchAll(/M(\d+) (\d+)h(\d+)/g)].map(
    ([, x, y, width]) => [Number(x), Number(y), Number(x) + Number(width)] as const,
  );
  expect(Math.min(...bars.map(([x]) => x))).toBe(4);
  expect(Math.max(...bars.map(([, , end]) => end))).toBe(37);
  expect([Math.min(...bars.map(([, y]) => y)), Math.max(...bars.map(([, y]) => y))]).toEqual([4, 36]);
});
