import type { Reason } from '../kernel/errors.ts';
import type { Arrival, Claim, Directory, Intake, Outcome, Reference } from '../kernel/intake.ts';
import { isReason, type Piece, type ReadRow } from './plan.ts';

/** A row that was read, on its way to the stores. */
export interface Delivery {
  readonly row: ReadRow;
  /** See `Arrival.origin`. */
  readonly origin: string;
  /** One per piece of the row. */
  readonly occurrences: readonly number[];
}

/** What `Intake.store` takes at once. */
const MAX_ARRIVALS = 1_000;
const MAX_REFERRED = 100_000;

/** Finds whose each row is, and stores it. */
export class Deliverer {
  readonly #directory: Directory;
  readonly #source: string;
  // Every line of an order refers to the same order: told once, remembered within bounds.
  readonly #referred = new Set<string>();

  constructor(directory: Directory, source: string) {
    this.#directory = directory;
    this.#source = source;
  }

  /** One outcome per row in input order: refused when any of its records is, else stored when any of them is. */
  async deliver(deliveries: readonly Delivery[]): Promise<readonly Outcome[]> {
    const owners = await this.#owners(deliveries.map(({ row }) => row));
    const outcomes = owners.map((owner): Outcome => (typeof owner === 'string' ? 'duplicate' : owner));
    const waiting = arrivalsByKind(deliveries, owners);
    const references = new Map<string, Reference & { readonly owner: string }>();
    for (const [intake, arrivals] of waiting) {
      for (let from = 0; from < arrivals.length; from += MAX_ARRIVALS) {
        const chunk = arrivals.slice(from, from + MAX_ARRIVALS);
        const answers = await intake.store(chunk.map(({ arrival }) => arrival));
        for (const [index, { place, arrival }] of chunk.entries()) {
          const answer = answers[index]!;
          const before = outcomes[place]!;
          if (typeof before === 'string' && (typeof answer !== 'string' || answer === 'stored')) outcomes[place] = answer;
          if (typeof answer === 'string') this.#collectReference(intake, arrival, references);
        }
      }
    }
    await this.#refer(references);
    return outcomes;
  }

  /** Each row's owner, '' for what belongs to nobody, or why none can be had. */
  async #owners(rows: readonly ReadRow[]): Promise<readonly (string | Reason)[]> {
    const claims = new Map<string, Claim[]>();
    const wanted = new Map<string, Reference>();
    const names = rows.map(({ identifiers, consents, seenAt, through }) => {
      if (through) {
        const name = through.number;
        wanted.set(name, through);
        return name;
      }
      if (identifiers.length === 0) return '';
      const name = JSON.stringify([identifiers, consents]);
      const claim: Claim = { identifiers, source: this.#source, seenAt, ...(consents.length > 0 && { consents }) };
      widen(claims, name, claim);
      return name;
    });

    const found = new Map<string, string | Reason>([['', '']]);
    if (wanted.size > 0) {
      const references = [...wanted.entries()];
      const owners = await this.#directory.ownersOf(references.map(([, reference]) => reference));
      for (const [index, [name, reference]] of references.entries()) found.set(name, owners[index] ?? unknown(reference));
    }
    if (claims.size > 0) {
      const flat = [...claims.entries()].flatMap(([name, list]) => list.map((claim) => ({ name, claim })));
      const owners = await this.#directory.resolve(flat.map(({ claim }) => claim));
      for (const [index, { name }] of flat.entries()) {
        const before = found.get(name);
        if (before === undefined || !isRefusal(before)) found.set(name, owners[index]!);
      }
    }
    return names.map((name) => found.get(name)!);
  }

  #collectReference(
    intake: Intake,
    { record, owner }: Arrival<unknown>,
    references: Map<string, Reference & { readonly owner: string }>,
  ): void {
    const reference = intake.referenceOf?.(record) ?? null;
    if (reference === null || owner === '') return;
    const name = `${reference.kind}\n${reference.source}\n${reference.number}\n${owner}`;
    if (!this.#referred.has(name)) references.set(name, { ...reference, owner });
  }

  async #refer(references: ReadonlyMap<string, Reference & { readonly owner: string }>): Promise<void> {
    if (references.size === 0) return;
    await this.#directory.refer([...references.values()]);
    if (this.#referred.size + references.size > MAX_REFERRED) this.#referred.clear();
    for (const name of references.keys()) this.#referred.add(name);
  }
}

const isRefusal = (owner: string | Reason): owner is Reason => typeof owner === 'object' && isReason(owner);

/** Keeps of equal claims the one seen first and the one seen last, which is all that the directory learns from them. */
function widen(claims: Map<string, Claim[]>, name: string, claim: Claim): void {
  const known = claims.get(name);
  const [first, last] = [known?.[0], known?.at(-1)];
  if (!known || !first || !last) claims.set(name, [claim]);
  else if (claim.seenAt === null) return;
  else if (first.seenAt === null) claims.set(name, [claim]);
  else if (claim.seenAt < first.seenAt) claims.set(name, [claim, last]);
  else if (claim.seenAt > (last.seenAt ?? 0)) claims.set(name, [first, claim]);
}

function unknown({ kind, source }: Reference): Reason {
  return {
    code: `${kind.toUpperCase()}_UNKNOWN`,
    field: 'owner',
    message: `no ${kind} of this number was loaded from "${source}"; load the file that holds it, then retry the quarantined rows`,
  };
}

interface Waiting {
  readonly place: number;
  readonly arrival: Arrival<unknown>;
}

/** What each intake is to store, intakes in the order in which the mapping first uses them. */
function arrivalsByKind(deliveries: readonly Delivery[], owners: readonly (string | Reason)[]): ReadonlyMap<Intake, Waiting[]> {
  const waiting = new Map<Intake, Waiting[]>();
  for (const [place, { row, origin, occurrences }] of deliveries.entries()) {
    const owner = owners[place]!;
    if (typeof owner !== 'string') continue;
    for (const [index, { intake, record }] of row.pieces.entries() as Iterable<[number, Piece]>) {
      const arrival = { record, owner: intake.ownership === 'none' ? '' : owner, origin, occurrence: occurrences[index] ?? 1 };
      const list = waiting.get(intake);
      if (list) list.push({ place, arrival });
      else waiting.set(intake, [{ place, arrival }]);
    }
  }
  return waiting;
}
