import { refuse } from '../../../kernel/errors.ts';
import { once } from '../../../kernel/requests.ts';
import type { EpochMs } from '../../../kernel/storage/port.ts';
import { textErrors } from '../../../kernel/texts.ts';
import type { ContentPublishInput } from '../../../schema/generated/recommendations.ts';
import type { Context } from '../context.ts';
import { contentId, contentKey, fileContent } from './intake.ts';
import { type ContentRecord, type ContentRow, newestOf } from './records.ts';
import { type ContentProblem, contentProblem, LONGEST_LINK, LONGEST_TITLE } from './source.ts';

/** Files translations of a piece, by the newest of which the piece is shown from then on; in this process at once. */
export async function publishContent(context: Context, input: ContentPublishInput) {
  const { requests, now, content } = context;
  const userErrors = inputErrors(input);
  if (userErrors.length > 0) return { content: null, userErrors };
  const effect = await once(requests, 'contentPublish', input, now, async (at) => {
    const arrivals = rowsOf(input, at).map((record) => ({ record, owner: '', origin: 'mutation', occurrence: 1 }));
    // Stored now, also where a first attempt was broken off: looks go by that.
    const outcomes = await fileContent(content, arrivals, now);
    const refused = outcomes.find((outcome) => typeof outcome === 'object');
    // Content belongs to nobody who could be erased: it is refused for its languages only.
    if (refused) return { ok: false, userErrors: [refuse('LANGUAGES_TOO_MANY', 'translations', refused.message)] };
    return { ok: true, result: contentId({ system: input.source, number: input.number }) };
  });
  if (!effect.ok) return { content: null, userErrors: effect.userErrors };
  await shownAtOnce(context);
  const [piece] = await content.getMany([contentKey({ system: input.source, number: input.number })]);
  return { content: piece ? shown(piece, input) : null, userErrors: [] };
}

/** Other processes look on their own, and so does this one a moment later if it can't now. */
async function shownAtOnce({ contentShelf, log }: Context): Promise<void> {
  try {
    await contentShelf.look();
  } catch (err) {
    log.warn({ err }, 'what was published is shown later: the content could not be read');
  }
}

/** One row for each translation. */
function rowsOf(input: ContentPublishInput, updatedAt: EpochMs): readonly ContentRow[] {
  const { source: system, number, kind, startsAt = null, endsAt = null } = input;
  const { skus = [], categories = [], stores = [], withdrawn = false } = input;
  return input.translations.map(({ locale: language, title, link = null }) => ({
    system,
    number,
    kind,
    language,
    title,
    link,
    skus,
    categories,
    stores,
    startsAt,
    endsAt,
    withdrawn,
    updatedAt,
  }));
}

function inputErrors(input: ContentPublishInput) {
  const { translations } = input;
  const longest = Object.fromEntries(
    translations.flatMap((_, index) => [
      [`translations.${index}.title`, LONGEST_TITLE],
      [`translations.${index}.link`, LONGEST_LINK],
    ]),
  );
  const errors = textErrors(input, { idempotencyKey: 200, source: 200, number: 200, ...longest });
  if (errors.length > 0) return errors;
  if (translations.length === 0) return [refuse('LIST_EMPTY', 'translations', 'Give the piece in one language at least.')];
  const twice = translations.findIndex(({ locale }, index) => translations.findIndex((one) => one.locale === locale) < index);
  if (twice !== -1) return [refuse('LANGUAGE_TWICE', `translations.${twice}.locale`, 'The language is named twice; give each once.')];
  const problems = rowsOf(input, 0).flatMap((row, index) => {
    const problem = contentProblem(row);
    return problem ? [{ problem, path: pathOf(problem, index) }] : [];
  });
  // What is wrong with the piece is wrong with each of its translations.
  return problems
    .filter(({ path }, index) => problems.findIndex((one) => one.path === path) === index)
    .map(({ problem, path }) => refuse(problem.missing ? 'CONTENT_INCOMPLETE' : 'CONTENT_INVALID', path, problem.message));
}

function pathOf({ field }: ContentProblem, translation: number): string {
  if (field === 'language') return `translations.${translation}.locale`;
  return field === 'title' || field === 'link' ? `translations.${translation}.${field}` : field;
}

/** The piece as it is, in the languages that were asked about, those that were named first first. */
function shown(piece: ContentRecord, asked: ContentPublishInput) {
  const named = asked.translations.flatMap(({ locale }) => piece.translations.filter(({ language }) => language === locale));
  const about = newestOf(piece) ?? named[0];
  if (!about) return null;
  const { system: source, number, kind, skus, categories, stores, startsAt, endsAt } = about;
  return {
    id: piece.id,
    source,
    number,
    kind,
    translations: named.map(({ language, title, link, withdrawn }) => ({ locale: language, title, link, withdrawn })),
    products: skus.map((sku) => ({ sku })),
    categories,
    stores: stores.map((store) => ({ id: store })),
    startsAt,
    endsAt,
  };
}
