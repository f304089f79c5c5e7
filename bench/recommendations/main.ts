/**
 * What recommendations are worth, on public data: each figure beside the published one or the plain method's.
 *
 *   npm run bench:recommendations -- [--only customer-base,next-basket,text,experiments,offers,segments]
 *
 * Ends with code 1 when a figure that was promised does not hold.
 */
import { parseArgs } from 'node:util';
import type { Section } from './line.ts';

const SECTIONS: Readonly<Record<string, () => Promise<{ section: Section }>>> = {
  'customer-base': () => import('./customer-base.ts'),
  'next-basket': () => import('./next-basket.ts'),
  text: () => import('./text.ts'),
  experiments: () => import('./experiments.ts'),
  offers: () => import('./offers.ts'),
  segments: () => import('./segments.ts'),
};

const { values } = parseArgs({ options: { only: { type: 'string' } } });
for (const [name, load] of Object.entries(SECTIONS)) {
  if (values.only && !values.only.split(',').includes(name)) continue;
  const { section } = await load();
  console.log(`\n## ${name}\n\n| | ours | beside | |\n|---|---|---|---|`);
  for await (const { what, ours, beside, holds } of section()) {
    if (holds === false) process.exitCode = 1;
    console.log(`| ${what} | ${ours} | ${beside} | ${holds === undefined ? '' : holds ? 'holds' : 'DOES NOT HOLD'} |`);
  }
}
