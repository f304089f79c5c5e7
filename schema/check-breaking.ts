/**
 * Fails when schema/api.graphql breaks an operation that schema/api.baseline.graphql allows. With --accept it makes the
 * present schema the baseline; a breaking change is accepted in the commit that makes it, beside its docs/decisions page.
 */
import { copyFileSync, readFileSync } from 'node:fs';
import { breakingChanges } from './breaking.ts';

const baseline = new URL('api.baseline.graphql', import.meta.url);
const current = new URL('api.graphql', import.meta.url);

if (process.argv.includes('--accept')) {
  copyFileSync(current, baseline);
  console.log('schema/api.baseline.graphql is now the present API schema. Commit it with the decision that explains what breaks.');
} else {
  const changes = breakingChanges(readFileSync(baseline, 'utf8'), readFileSync(current, 'utf8'));
  for (const change of changes) console.error(`Breaking: ${change}`);
  if (changes.length > 0) {
    console.error(
      'Clients of schema/api.baseline.graphql would fail. Deprecate instead, or accept: `npm run schema:accept` (docs/how-to/change-the-schema.md).',
    );
    process.exitCode = 1;
  }
}
