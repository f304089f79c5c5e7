import type { Reason } from '../kernel/errors.ts';
import type { ConsentClaim, Identifier, Intake, Reference } from '../kernel/intake.ts';
import { type FieldSpec, parseInstant } from '../kernel/record.ts';
import type { EpochMs } from '../kernel/storage/port.ts';
import { type Cells, type Compiling, compileCondition, type Test } from './conditions.ts';
import { compileExpression, Refused, type Value } from './expressions.ts';
import type { WantedColumn } from './header.ts';
import type { LoadedMapping } from './mapping.ts';
import { type Intakes, SOURCE_FIELD } from './mapping-fit.ts';
import type { Mapping } from './mapping-schema.ts';
import { numberReader } from './numbers.ts';
import type { Row } from './rows.ts';

/** One record that a row makes. */
export interface Piece {
  readonly intake: Intake;
  readonly record: unknown;
  /** What tells the record from others where it has no number of its own, together with whom it is about; else null. */
  readonly content: string | null;
}

/** A row that its mapping and its intakes accept; what is left to find out is whose it is. */
export interface ReadRow {
  readonly pieces: readonly Piece[];
  /** Empty where the row names nobody. */
  readonly identifiers: readonly Identifier[];
  readonly consents: readonly ConsentClaim[];
  readonly seenAt: EpochMs | null;
  /** The record through which the owner is found, where the mapping says so. */
  readonly through: Reference | null;
}

/** A mapping made ready to run. */
export interface Plan {
  readonly source: string;
  /** The columns that the rows' cells have to hold, in this order. */
  readonly wanted: readonly WantedColumn[];
  read(row: Pick<Row, 'cells' | 'fault'>): ReadRow | Reason;
}

export function isReason(result: object): result is Reason {
  return 'code' in result;
}

const TEXT: FieldSpec = { type: 'text', description: 'An identifier or number.' };

/** Compiles a mapping that fits the intakes. */
export function compile({ mapping, place }: LoadedMapping, intakes: Intakes): Plan {
  const wanted: WantedColumn[] = [];
  const positions = new Map<string, number>();
  // Where the part now compiled stands, so that a column missing from the file can be blamed on a line.
  let current = '';
  const compiling: Compiling = {
    conventions: { timeZone: mapping.timeZone ?? null, numbers: mapping.numbers ?? {} },
    number: numberReader(mapping.numbers),
    clean: cleaner(mapping.format.empty ?? []),
    position(column) {
      let position = positions.get(column);
      if (position === undefined) {
        position = wanted.push({ name: column, place: current }) - 1;
        positions.set(column, position);
      }
      return position;
    },
  };
  const at = <T>(path: readonly PropertyKey[], make: () => T): T => {
    current = place(path);
    return make();
  };

  const identify = (mapping.identify ?? []).map(({ namespace, value }, index) =>
    at(['identify', index, 'value'], () => ({ namespace, value: compileExpression(value, namespace, TEXT, compiling) })),
  );
  const { owner } = mapping;
  const through = owner && {
    kind: owner.through,
    source: owner.source ?? mapping.source,
    number: at(['owner', 'number'], () => compileExpression(owner.number, owner.through, TEXT, compiling)),
  };
  const consents = (mapping.consents ?? []).map((consent, index) =>
    at(['consents', index], () => ({
      claim: consentClaim(consent),
      when: consent.when ? compileCondition(consent.when, compiling) : null,
    })),
  );
  const rejects = (mapping.reject ?? []).map(({ code, when, message }, index) =>
    at(['reject', index], () => ({
      holds: compileCondition(when, compiling),
      reason: { code, message: message ?? `the mapping rejects such rows (${place(['reject', index])})` },
    })),
  );
  const records = mapping.records.map((record, index) => compileRecord(record, index, mapping, intakes, compiling, at));

  const read = (cells: Cells): ReadRow | Reason => {
    for (const { holds, reason } of rejects) if (holds(cells)) return reason;
    const identifiers: Identifier[] = [];
    for (const { namespace, value } of identify) {
      const text = value(cells);
      if (text !== '') identifiers.push({ namespace, value: text });
    }
    const number = through?.number(cells) ?? '';
    const whose = through ? number : identifiers.map((identifier) => `${identifier.namespace}=${identifier.value}`).join('\n');
    const pieces: Piece[] = [];
    let seenAt: EpochMs | null = null;
    for (const { intake, when, fields } of records) {
      if (when !== null && !when(cells)) continue;
      if (whose === '' && intake.ownership === 'customer') return nobody(through?.kind);
      const source: Record<string, string> = {};
      for (const [name, value] of fields) {
        const text = value(cells);
        if (text !== '') source[name] = text;
      }
      const result = intake.read(source);
      if (!result.ok) return result.reason;
      const { record } = result;
      const content = intake.contentOf?.(record) ?? null;
      pieces.push({ intake, record, content: content === null ? null : `${intake.kind}\n${whose}\n${content}` });
      seenAt ??= intake.happenedAt?.(record) ?? null;
    }
    if (pieces.length === 0) return NO_RECORD;
    return {
      pieces,
      identifiers,
      consents: consents.filter(({ when }) => when === null || when(cells)).map(({ claim }) => claim),
      seenAt,
      through: through && number !== '' ? { kind: through.kind, source: through.source, number } : null,
    };
  };

  return {
    source: mapping.source,
    wanted,
    read({ cells, fault }) {
      if (fault !== null) return fault;
      try {
        return read(cells);
      } catch (error) {
        if (error instanceof Refused) return error.reason;
        throw error;
      }
    },
  };
}

const NO_RECORD: Reason = {
  code: 'NO_RECORD',
  message: 'no record of the mapping is for such a row; add one, or a reject rule that says why',
};

function nobody(through: string | undefined): Reason {
  return through === undefined
    ? { code: 'NO_IDENTIFIER', message: 'the row names nobody: the columns of identify are empty' }
    : { code: `${through.toUpperCase()}_MISSING`, message: `the row does not say to which ${through} it belongs` };
}

interface CompiledRecord {
  readonly intake: Intake;
  readonly when: Test | null;
  readonly fields: readonly (readonly [name: string, value: Value])[];
}

function compileRecord(
  { kind, when, fields }: Mapping['records'][number],
  index: number,
  mapping: Mapping,
  intakes: Intakes,
  compiling: Compiling,
  at: <T>(path: readonly PropertyKey[], make: () => T) => T,
): CompiledRecord {
  const intake = intakes.get(kind);
  if (!intake) throw new TypeError(`no intake takes ${kind}`);
  const values: [string, Value][] = Object.entries(fields).map(([name, expression]) => [
    name,
    at(['records', index, 'fields', name], () => compileExpression(expression, name, intake.fields[name] ?? TEXT, compiling)),
  ]);
  if (Object.hasOwn(intake.fields, SOURCE_FIELD) && !Object.hasOwn(fields, SOURCE_FIELD)) values.push([SOURCE_FIELD, () => mapping.source]);
  return { intake, when: when ? at(['records', index, 'when'], () => compileCondition(when, compiling)) : null, fields: values };
}

function consentClaim(consent: NonNullable<Mapping['consents']>[number]): ConsentClaim {
  return {
    purpose: consent.purpose,
    channel: consent.channel ?? null,
    status: consent.status,
    lawfulBasis: consent.lawfulBasis,
    policyVersion: consent.policyVersion ?? null,
    recordedAt: parseInstant(consent.recordedAt) ?? 0,
    expiresAt: consent.expiresAt === undefined ? null : parseInstant(consent.expiresAt),
    proof: consent.proof ?? null,
  };
}

function cleaner(empty: readonly string[]): (text: string) => string {
  if (empty.length === 0) return (text) => text.trim();
  const nothing = new Set(empty);
  return (text) => {
    const trimmed = text.trim();
    return nothing.has(trimmed) ? '' : trimmed;
  };
}
