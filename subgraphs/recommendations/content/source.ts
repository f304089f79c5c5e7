import { isLink } from '../../../kernel/links.ts';
import { type Fields, type Read, type RowReader, readRecord, type SourceRow } from '../../../kernel/record.ts';
import { isLongerThan, LABEL } from '../../../kernel/texts.ts';
import { CONTENT_KINDS, type ContentRow } from './records.ts';

/** Decisions keep what they show, so titles and links are bounded. */
export const LONGEST_TITLE = 200;
export const LONGEST_LINK = 1000;
const MOST_ITEMS = 50;

export const CONTENT_FIELDS = {
  source: { type: 'text', required: true, description: 'The source system; filled by the mapping itself.' },
  number: {
    type: 'text',
    required: true,
    description: 'The number of the piece in the source, at most 200 characters. Rows of one number are translations of one piece.',
  },
  kind: {
    type: 'enum',
    required: true,
    values: CONTENT_KINDS,
    description: 'ADVICE on a product that one has, an ARTICLE on what one may be interested in, an EVENT in a store.',
  },
  language: { type: 'text', required: true, description: 'The language of title and link as a BCP 47 tag: ja, en-GB. One row for each.' },
  title: {
    type: 'text',
    required: true,
    description: `The headline, at most ${LONGEST_TITLE} characters, without line breaks and marks of direction.`,
  },
  link: {
    type: 'text',
    description: `Where it can be read: an http or https URL of at most ${LONGEST_LINK} characters, without blanks, user or password.`,
  },
  skus: { type: 'list', description: `The products that advice or an article is about, at most ${MOST_ITEMS}.` },
  categories: {
    type: 'list',
    description: `The categories that it is about, as the catalogue names them, at most ${MOST_ITEMS}. Advice and articles need a product or a category.`,
  },
  stores: { type: 'list', description: `The ids of the stores that an event takes place in, at most ${MOST_ITEMS}; needed for an event.` },
  starts_at: { type: 'instant', description: 'When an event begins, needed there; of anything else from when on it is shown.' },
  ends_at: { type: 'instant', description: 'When an event ends, needed there; of anything else until when it is shown.' },
  withdrawn: { type: 'boolean', description: 'true: this translation is not shown any more. false when absent.' },
  updated_at: {
    type: 'instant',
    description:
      'When the source last changed the row; older news never replaces newer. Absent, or in the future: when it came in. A row that was said before counts as delivered again, and changes nothing.',
  },
} as const satisfies Fields;

/** What breaks the line, or turns the direction of what is shown beside the title. */
const UNTITLED = /[\p{Zl}\p{Zp}\p{Bidi_Control}]/u;
/** Anything that leaves a mark: U+2800 is a pattern of Braille without dots. */
const VISIBLE = /[^\p{Z}\p{C}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** A field that a piece can't be filed with as it is, by its name in a record. */
export interface ContentProblem {
  readonly field: 'source' | 'number' | 'language' | 'title' | 'link' | 'skus' | 'categories' | 'stores' | 'startsAt' | 'endsAt';
  readonly missing: boolean;
  readonly message: string;
}

/** Why a piece could never be shown, or not be kept; null when it is all right. What is withdrawn need not be fit to be shown. */
export function contentProblem(row: ContentRow): ContentProblem | null {
  const invalid = (field: ContentProblem['field'], message: string) => ({ field, missing: false, message });
  const missing = (field: ContentProblem['field'], message: string) => ({ field, missing: true, message });
  const { kind, title, link, startsAt, endsAt } = row;
  const names = { source: row.system, number: row.number, language: row.language };
  for (const field of ['source', 'number', 'language'] as const)
    if (!LABEL.test(names[field])) return invalid(field, 'It has 1 to 200 characters, none of which is a control character.');
  if (!LABEL.test(title) || UNTITLED.test(title) || !VISIBLE.test(title))
    return invalid(
      'title',
      `A title has 1 to ${LONGEST_TITLE} characters, one of which can be seen and none of which controls lines or directions.`,
    );
  if (link !== null && (isLongerThan(link, LONGEST_LINK) || !isLink(link)))
    return invalid('link', `A link is an http or https URL of at most ${LONGEST_LINK} characters, without blanks, user or password.`);
  for (const field of ['skus', 'categories', 'stores'] as const) {
    if (row[field].length > MOST_ITEMS) return invalid(field, `At most ${MOST_ITEMS} are taken; name the category of many products.`);
    if (!row[field].every((item) => LABEL.test(item)))
      return invalid(field, 'Each has 1 to 200 characters, none of which is a control character.');
  }
  if (startsAt !== null && endsAt !== null && endsAt <= startsAt) return invalid('endsAt', 'It ends before it begins; swap the two times.');
  if (row.withdrawn) return null;
  if (kind !== 'EVENT') {
    if (row.skus.length + row.categories.length > 0) return null;
    return missing('skus', 'It is about no product and no category, so nobody would be shown it; name one.');
  }
  if (row.stores.length === 0) return missing('stores', 'An event takes place in a store; name it.');
  if (startsAt === null) return missing('startsAt', 'An event needs the time at which it begins.');
  return endsAt === null ? missing('endsAt', 'An event needs the time at which it ends.') : null;
}

/** The canonical form of a BCP 47 tag. */
function language(row: RowReader): string {
  const tag = row.text('language');
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? row.fail('FIELD_MISSING', 'language', '"language" is empty.');
  } catch {
    return row.fail('FIELD_INVALID', 'language', '"language" is not a BCP 47 language tag, such as ja or en-GB.');
  }
}

const ROW_FIELDS: Readonly<Partial<Record<ContentProblem['field'], string>>> = { startsAt: 'starts_at', endsAt: 'ends_at' };

export function readContent(source: SourceRow): Read<ContentRow> {
  return readRecord(source, (row) => {
    const record: ContentRow = {
      system: row.text('source'),
      number: row.text('number'),
      kind: row.need('kind', row.oneOf('kind', CONTENT_KINDS)),
      language: language(row),
      title: row.text('title'),
      link: row.optional('link') ?? null,
      skus: row.list('skus'),
      categories: row.list('categories'),
      stores: row.list('stores'),
      startsAt: row.instant('starts_at') ?? null,
      endsAt: row.instant('ends_at') ?? null,
      withdrawn: row.boolean('withdrawn') ?? false,
      updatedAt: row.instant('updated_at') ?? null,
    };
    const problem = contentProblem(record);
    if (problem) {
      const field = ROW_FIELDS[problem.field] ?? problem.field;
      row.fail(problem.missing ? 'FIELD_MISSING' : 'FIELD_INVALID', field, `"${field}": ${problem.message}`);
    }
    return record;
  });
}
