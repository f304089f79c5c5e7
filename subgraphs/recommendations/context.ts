import type { RequestScope } from '../../kernel/subgraph.ts';

/** What a request needs: the time at which it is answered. Everything else comes with the customer. */
export type Context = Pick<RequestScope, 'now'>;

export function context({ now }: RequestScope): Context {
  return { now };
}
