import type { OpenSubgraphs } from '../../cli/runtime/open-subgraphs.ts';
import type { ConsentClaim, Identifier } from '../../kernel/intake.ts';
import { shelfOf } from '../../kernel/shelves.ts';
import type { EpochMs } from '../../kernel/storage/port.ts';
import { type Material, train } from '../../training/training.ts';

const KINDS = ['customer-base', 'next-basket'];

/**
 * Has models in use that were learnt from these customers, who are asked for permission first. For tests of what is computed with models:
 * all purchases count as made in EUR, because a model of the customer base takes a hundred customers of a currency.
 */
export async function useModels(
  { subgraphs, stores, directory }: OpenSubgraphs,
  customers: readonly Identifier[],
  now: EpochMs,
): Promise<void> {
  const store = stores.get('recommendations');
  if (!store) throw new Error('The company keeps no models.');
  const granted: ConsentClaim = {
    purpose: 'MODEL_TRAINING',
    channel: null,
    status: 'GRANTED',
    lawfulBasis: 'CONSENT',
    policyVersion: null,
    recordedAt: now,
    expiresAt: null,
    proof: null,
  };
  await directory.resolve(
    customers.map((identifier) => ({ identifiers: [identifier], source: 'test', seenAt: null, consents: [granted] })),
  );
  const known = Object.assign({}, ...[...subgraphs.values()].map(({ facts }) => facts)) as Material;
  const material: Material = {
    ...known,
    purchases: async function* () {
      for await (const fact of known.purchases()) yield { ...fact, currency: 'EUR' };
    },
  };
  const signal = new AbortController().signal;
  for (const kind of KINDS) {
    const version = await train(kind, store, { material, directory, now, onRead: () => {}, signal });
    if ('refused' in version) throw new Error(version.refused);
  }
  await shelfOf(store).look(KINDS);
}
