import { randomBytes } from 'node:crypto';
import type { SubgraphDeps } from '../../kernel/subgraph.ts';
import { keysSpec } from './records.ts';

const OWN_KEY = { owner: 'installation', id: 'vouchers' };

/**
 * The secrets that vouchers are signed with, at least one; the first signs, all verify. They are the configured ones, and where none
 * are, one that is made on first use and kept in the store, the same for every process. What it signed stays good when keys are configured later.
 */
export async function signingSecrets(deps: Pick<SubgraphDeps, 'store' | 'clock' | 'signingKeys'>): Promise<readonly string[]> {
  const { store, clock, signingKeys = [] } = deps;
  const keys = store.collection(keysSpec);
  const [own] = await keys.getMany([OWN_KEY]);
  if (own) return [...signingKeys, own.secret];
  if (signingKeys.length > 0) return signingKeys;
  await keys.insertOnce([{ ...OWN_KEY, version: 0, at: clock(), secret: randomBytes(32).toString('base64') }]);
  return signingSecrets(deps);
}
