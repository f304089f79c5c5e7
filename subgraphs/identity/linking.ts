import type { Reason } from '../../kernel/errors.ts';
import type { Identifier } from '../../kernel/intake.ts';
import type { EpochMs } from '../../kernel/storage/port.ts';
import { identifierKey, isAnonymous } from './normalise.ts';
import type { CustomerRecord } from './records.ts';

/** A claim whose identifiers were normalised: without repeats, ordered by key so that every process takes them in one order. */
export interface LinkClaim {
  readonly identifiers: readonly Identifier[];
  readonly source: string;
  readonly seenAt: EpochMs | null;
}

/** What is stored of the identifiers and customers that the claims touch. */
export interface Known {
  /** Identifier key to customer id. */
  readonly index: ReadonlyMap<string, string>;
  /** Every customer of `index` and every customer they were merged into; one that is absent was erased. */
  readonly customers: ReadonlyMap<string, CustomerRecord>;
  /** Customers made by a claim of this very call, when another process took one of its identifiers meanwhile; with the claim's position. */
  readonly madeBy?: ReadonlyMap<string, number>;
}

/** A customer to be made. */
export interface Creation {
  readonly customer: string;
  readonly status: 'ACTIVE' | 'ANONYMOUS';
  readonly claim: number;
}

/** An identifier to be linked to `customer`; `anchor` is null when it made the customer. */
export interface Link {
  readonly identifier: Identifier;
  readonly customer: string;
  readonly source: string;
  readonly anchor: string | null;
}

/** `from` is to become part of `into`. */
export interface Joining {
  readonly from: string;
  readonly into: string;
  readonly source: string;
  readonly by: string;
}

/** Why a claim whose identifiers are all right is refused. */
type Refusal = Reason<'IDENTITY_CONFLICT' | 'CUSTOMER_ERASED'>;

export interface Plan {
  /** In the claims' order: the customer, or why the claim can't be accepted. */
  readonly outcomes: readonly (string | Refusal)[];
  readonly creations: readonly Creation[];
  readonly links: readonly Link[];
  readonly joinings: readonly Joining[];
}

/** The refusal of rule 3. */
export const CONFLICT: Refusal = {
  code: 'IDENTITY_CONFLICT',
  field: 'identifiers',
  message: 'The identifiers belong to different known customers. Correct the record, or merge the customers and retry.',
};

/** The refusal where an identifier led to a customer that was erased. */
export const ERASED: Refusal = {
  code: 'CUSTOMER_ERASED',
  field: 'identifiers',
  message: 'The customer was erased; nothing more is filed under these identifiers.',
};

/**
 * The deterministic rules, claim after claim as if each had come alone:
 * 1. A namespace and value lead to one customer, for ever.
 * 2. Identifiers of a person are stronger than those of a browser, device or visit (normalise.ts). The person's decide whose
 *    the record is; unknown identifiers that came with them are linked to the same customer.
 * 3. Identifiers of two known people in one record are a conflict; nothing is linked.
 * 4. An anonymous customer joins the known one at the moment of identification. What already belongs to a known customer
 *    does not move when another person uses the same device.
 * 5. Without a person's identifier, the first known identifier in key order decides; anonymous customers don't join each other.
 *
 * `idOf` gives the id of the customer that an identifier makes.
 */
export function planLinks(claims: readonly LinkClaim[], known: Known, idOf: (identifier: Identifier) => string): Plan {
  const index = new Map(known.index);
  const status = new Map([...known.customers].map(([id, customer]) => [id, customer.status]));
  const mergedInto = new Map(
    [...known.customers].flatMap(([id, { mergedInto: into }]) => (into === null ? [] : [[id, into.customer] as const])),
  );
  const survivor = (id: string): string => {
    const seen = new Set<string>();
    let last = id;
    for (let next = mergedInto.get(id); next !== undefined && !seen.has(next); next = mergedInto.get(next)) {
      seen.add(next);
      last = next;
    }
    return last;
  };
  const creations: Creation[] = [];
  const links: Link[] = [];
  const joinings: Joining[] = [];

  const outcomes = claims.map((claim, position): string | Refusal => {
    const { identifiers, source } = claim;
    const ownerOf = (identifier: Identifier) => {
      const owner = index.get(identifierKey(identifier));
      return owner === undefined ? undefined : survivor(owner);
    };
    const join = (from: string, into: string, by: string) => {
      joinings.push({ from, into, source, by });
      mergedInto.set(from, into);
      status.set(from, 'MERGED');
    };
    const strong = identifiers.filter(({ namespace }) => !isAnonymous(namespace));
    const deciding = strong.length > 0 ? strong : identifiers;
    const anchor = deciding.find((identifier) => ownerOf(identifier) !== undefined);
    const base = deciding[0] as Identifier;
    let target = anchor && ownerOf(anchor);

    if (strong.length > 0) {
      const owners = new Set(strong.flatMap((identifier) => ownerOf(identifier) ?? []));
      // Made by this very claim before another process took one of its identifiers: nothing else led to it, so it may join.
      const own = [...owners].filter((owner) => known.madeBy?.get(owner) === position);
      if (owners.size - own.length > 1) return CONFLICT;
      target = [...owners].find((owner) => !own.includes(owner)) ?? target;
      for (const owner of own) if (target !== undefined && owner !== target) join(owner, target, base.namespace);
    }

    if (target === undefined) {
      target = idOf(base);
      const made = strong.length > 0 ? 'ACTIVE' : 'ANONYMOUS';
      creations.push({ customer: target, status: made, claim: position });
      status.set(target, made);
    }
    if (!status.has(target)) return ERASED;
    for (const identifier of identifiers) {
      const owner = ownerOf(identifier);
      if (owner === undefined) {
        const made = anchor === undefined && identifier === base;
        links.push({ identifier, customer: target, source, anchor: made ? null : (anchor ?? base).namespace });
        index.set(identifierKey(identifier), target);
      } else if (owner !== target && strong.length > 0 && isAnonymous(identifier.namespace) && status.get(owner) === 'ANONYMOUS') {
        join(owner, target, (anchor ?? base).namespace);
      }
    }
    return target;
  });
  return { outcomes: outcomes.map((outcome) => (typeof outcome === 'string' ? survivor(outcome) : outcome)), creations, links, joinings };
}
