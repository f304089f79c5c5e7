/**
 * `c360 gateway` under load while its supergraph is replaced again and again, every fifth time by a broken one; then SIGTERM under
 * load. One failed request fails the run.
 *
 *   npm run bench:reload -- [--reloads 200] [--connections 32]
 */
import { parseArgs } from 'node:util';
import { reloadUnderLoad } from '../test/support/reloading.ts';

const { values } = parseArgs({ options: { reloads: { type: 'string', default: '200' }, connections: { type: 'string', default: '32' } } });
const { tally, loaded, refused, startMs, seconds, exitCode } = await reloadUnderLoad(Number(values.reloads), Number(values.connections));
const sorted = tally.latenciesMs.toSorted((a, b) => a - b);
const at = (share: number) => (sorted[Math.floor(sorted.length * share)] ?? Number.NaN).toFixed(1);
const answered = [...tally.answers.values()].reduce((sum, count) => sum + count, 0);
console.log(`${loaded} supergraphs loaded, ${refused} refused in ${seconds.toFixed(1)} s; ready ${startMs.toFixed(0)} ms after the start`);
console.log(`${answered} requests answered (${[...tally.answers].map(([value, count]) => `${value}: ${count}`).join(', ')})`);
console.log(`p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1 - 1e-9)} ms`);
console.log(`${tally.failures.length} failed; ended with ${exitCode} after SIGTERM`);
for (const failure of tally.failures.slice(0, 10)) console.log(`  ${failure}`);
if (tally.failures.length > 0 || exitCode !== 0) process.exitCode = 1;
