import type { EpochMs } from '../../kernel/storage/port.ts';
import type { Attribute, CaseRecord, ContactPoint, Name, ProfileField, ProfileFields, ProfileRecord, Statement } from './records.ts';

/** A person's profile, composed from every source and every member. */
export interface Profile {
  readonly members: readonly string[];
  /** The newest statement's time. */
  readonly updatedAt: EpochMs;
  /** A field's value by the latest statement about it; null when nothing was stated or it was taken back. */
  value<F extends ProfileField>(field: F): ProfileFields[F] | null;
  readonly contactPoints: readonly (ContactPoint & { readonly primary: boolean })[];
  readonly addresses: ProfileFields['addresses'];
  readonly anniversaries: ProfileFields['anniversaries'];
  readonly attributes: readonly (Attribute & { readonly source: string })[];
  /** The earliest that any source states. */
  readonly customerSince: EpochMs | null;
}

interface Sourced<V> extends Statement<V> {
  readonly source: string;
}

/**
 * One profile of all records of a person's members; null without records. The latest statement about a field holds, whichever source
 * and member it comes from; of two at the same time the one of the greater source name, then member. Lists of contact points, addresses,
 * anniversaries and attributes are joined, latest statement first, each entry once.
 */
export function composeProfile(members: readonly string[], records: readonly ProfileRecord[]): Profile | null {
  if (records.length === 0) return null;
  const ordered = records.toSorted((a, b) => (a.id === b.id ? (a.owner > b.owner ? -1 : 1) : a.id > b.id ? -1 : 1));
  return new ComposedProfile(members, ordered);
}

/** A profile is asked for a few of its fields; each is looked up when it is asked for. */
class ComposedProfile implements Profile {
  readonly members: readonly string[];
  readonly #records: readonly ProfileRecord[];

  /** Of records with statements of the same time, the first goes before. */
  constructor(members: readonly string[], records: readonly ProfileRecord[]) {
    this.members = members;
    this.#records = records;
  }

  get updatedAt(): EpochMs {
    return Math.max(...this.#records.map(({ updatedAt }) => updatedAt));
  }

  value<F extends ProfileField>(field: F): ProfileFields[F] | null {
    let latest: Statement<ProfileFields[F]> | undefined;
    for (const { statements } of this.#records) {
      const statement = statements[field] as Statement<ProfileFields[F]> | undefined;
      if (statement && (!latest || statement.at > latest.at)) latest = statement;
    }
    return latest?.value ?? null;
  }

  get contactPoints(): Profile['contactPoints'] {
    const points = this.#joined('contactPoints', ({ type, value }) => `${type} ${value.toLowerCase()}`).map(({ item }) => item);
    return points.map((point) => ({ ...point, primary: point === points.find(({ type }) => type === point.type) }));
  }

  get addresses(): Profile['addresses'] {
    return this.#joined('addresses', (address) => JSON.stringify(address)).map(({ item }) => item);
  }

  get anniversaries(): Profile['anniversaries'] {
    return this.#joined('anniversaries', ({ kind }) => kind).map(({ item }) => item);
  }

  get attributes(): Profile['attributes'] {
    return this.#joined('attributes', ({ name }, source) => `${source} ${name}`).map(({ item, source }) => ({ ...item, source }));
  }

  get customerSince(): EpochMs | null {
    const since = this.#statements('customerSince').flatMap(({ value }) => value ?? []);
    return since.length > 0 ? Math.min(...since) : null;
  }

  /** What was said of a field, latest first. */
  #statements<F extends ProfileField>(field: F): readonly Sourced<ProfileFields[F]>[] {
    return this.#records
      .flatMap(({ id, statements: said }) => {
        const statement = said[field] as Statement<ProfileFields[F]> | undefined;
        return statement ? [{ value: statement.value, at: statement.at, source: id }] : [];
      })
      .sort((a, b) => b.at - a.at);
  }

  #joined<F extends 'contactPoints' | 'addresses' | 'anniversaries' | 'attributes'>(
    field: F,
    keyOf: (item: ProfileFields[F][number], source: string) => string,
  ) {
    const items = new Map<string, { readonly item: ProfileFields[F][number]; readonly source: string }>();
    for (const { value, source } of this.#statements(field))
      for (const item of value ?? []) {
        const key = keyOf(item, source);
        if (!items.has(key)) items.set(key, { item, source });
      }
    return [...items.values()];
  }
}

// Languages whose names begin with the family's (CLDR person names, nameOrder surnameFirst).
const FAMILY_FIRST = new Set(['ja', 'zh', 'ko', 'hu', 'vi', 'yue', 'km', 'mn', 'si', 'ta', 'te']);
const UNSPACED = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u30fc\u3005]+$/u;

/**
 * The name as it is written where the person lives: family name first where the language has it so (by the name's own script when
 * that is East Asian, else by `locale`), given name first elsewhere. Japanese, Chinese and Korean parts are set apart by a space, as
 * forms do. Where a part is missing the whole name, then the part, then the preferred name, then kana; null without any.
 */
export function displayName(name: Name | null, locale: string | null): string | null {
  if (!name) return null;
  const { given, family, givenKana, familyKana, full, preferred } = name;
  if (given !== null && family !== null) {
    const familyFirst = UNSPACED.test(family) || FAMILY_FIRST.has(locale?.split('-')[0] ?? '');
    return familyFirst ? `${family} ${given}` : `${given} ${family}`;
  }
  return full ?? family ?? given ?? preferred ?? familyKana ?? givenKana;
}

/** Whether a case is kept in time: RUNNING until `dueAt`, then BREACHED unless it was closed by then (MET). */
export function slaState({ dueAt, closedAt }: CaseRecord, now: EpochMs): 'RUNNING' | 'MET' | 'BREACHED' | null {
  if (dueAt === null) return null;
  if (closedAt !== null) return closedAt <= dueAt ? 'MET' : 'BREACHED';
  return now <= dueAt ? 'RUNNING' : 'BREACHED';
}

/** Cases that still need something done. */
export function isOpen({ status, closedAt }: CaseRecord): boolean {
  return status !== 'CLOSED' && closedAt === null;
}
