import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gateway, openGateway } from '../support/gateway.ts';

/** A GET has to say that it is no form or link of a foreign page (`apollo-require-preflight`), which the audits, rightly, do not. */
const BY_GET = /GET/;

describe.each([true, false])('GraphQL over HTTP, by the audits of graphql-http, with CSRF prevention %s', (csrfPrevention) => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await openGateway({ csrfPrevention, introspection: true });
  });
  afterAll(() => gateway.close());
  const audits = serverAudits({ url: () => `${gateway.url}/graphql`, fetchFn: fetch });

  it('are all of them', () => {
    expect(audits).toHaveLength(61);
  });

  // The second time the query has been prepared, and Apollo Server is not asked.
  it.each(audits.map((audit) => [audit.name, audit] as const))('%s', async (name, audit) => {
    const allowed = csrfPrevention && BY_GET.test(name) && name.startsWith('MAY') ? ['ok', 'notice'] : ['ok'];
    expect(allowed).toContain((await audit.fn()).status);
    expect(allowed).toContain((await audit.fn()).status);
  });
});
