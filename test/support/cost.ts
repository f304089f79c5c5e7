import { appendFileSync, readFileSync } from 'node:fs';
import { afterAll, expect } from 'vitest';

// `TEST_COST=costs.txt npx vitest run` appends a line for each file: its CPU seconds with its threads and ended children, and its path.
const before = cpuSeconds();
afterAll(() => {
  const path = process.env.TEST_COST;
  if (path) appendFileSync(path, `${(cpuSeconds() - before).toFixed(2)} ${expect.getState().testPath}\n`);
});

/** Of this process and of its children that have ended, which Linux alone tells. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6 + childTicks() / 100;
}

function childTicks(): number {
  try {
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? [];
    return Number(fields[13]) + Number(fields[14]);
  } catch {
    return 0;
  }
}
