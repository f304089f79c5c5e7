import { expect, it } from 'vitest';
import { lazyStore } from '../../../kernel/storage/lazy.ts';
import type { SubgraphDeps } from '../../../kernel/subgraph.ts';
import { modules } from '../../../subgraphs/registry.ts';

const OWNERSHIP = { customer: 'Belongs to a customer.', optional: "A customer's or nobody's.", none: 'Belongs to nobody.' } as const;

/** The kinds of record and their fields as a page. */
function reference(): string {
  const store = lazyStore(() => Promise.reject(new Error('Nothing is stored here.')));
  const kinds = Object.values(modules).flatMap((module) => module.intakes({ store, clock: () => 0 } as unknown as SubgraphDeps));
  const parts = kinds.map(({ kind, description, ownership, fields, referenceOf }) => {
    const rows = Object.entries(fields).map(([name, { type, required, values, description: meaning }]) => {
      const need = required && name !== 'source' ? ' **needed**' : '';
      return `| \`${name}\` | ${type}${need} | ${meaning.replaceAll('|', '\\|')}${values ? ` ${values.map((value) => `\`${value}\``).join(' ')}` : ''} |`;
    });
    const through = referenceOf ? ` Other files may find their owner \`through: ${kind}\`.` : '';
    return `## ${kind}\n\n${description} ${OWNERSHIP[ownership]}${through}\n\n| field | type | |\n|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `# Kinds of record and their fields\n\nWhat a mapping (how-to/map-a-source.md) may fill. This page is written by \`npx vitest run test/unit/ingest/reference.test.ts -u\`.\n\n${parts.join('\n')}`;
}

it('docs/record-fields.md has every kind and field as they are', async () => {
  await expect(reference()).toMatchFileSnapshot('../../../docs/record-fields.md');
});
