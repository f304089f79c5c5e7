import { badArgument } from '../../../kernel/errors.ts';
import type { Channel } from '../../../kernel/intake.ts';
import type { EpochMs } from '../../../kernel/storage/port.ts';
import { LABEL } from '../../../kernel/texts.ts';
import type { DecisionContextInput } from '../../../schema/generated/recommendations.ts';
import type { Template } from './templates.ts';

export const OCCASIONS = ['BIRTHDAY', 'ANNIVERSARY', 'CHECKOUT', 'SERVICE_CONTACT'] as const;
export type Occasion = (typeof OCCASIONS)[number];

/** What the client says of the moment that is decided for. */
export interface DecisionContext {
  /** null: the time of the request. */
  readonly at: EpochMs | null;
  readonly occasion: Occasion | null;
  /** The store that the customer is in; null when in none. */
  readonly store: string | null;
  readonly attributes: readonly { readonly name: string; readonly value: string }[];
}

export const NO_CONTEXT: DecisionContext = { at: null, occasion: null, store: null, attributes: [] };

const DAY_MS = 86_400_000;
/** Signals are of now: what they say of further away is not worth deciding on. */
const EARLIEST_MS = DAY_MS;
const LATEST_MS = 30 * DAY_MS;
const MOST_ATTRIBUTES = 20;
const MOST_CHARACTERS = 64;

/** Throws BAD_USER_INPUT, naming the argument, for what is out of bounds. */
export function readContext(input: DecisionContextInput, now: EpochMs): DecisionContext {
  const { at = null, occasion = null, store = null } = input;
  const attributes = (input.attributes ?? []).map(({ name, value }) => ({ name, value }));
  if (at !== null && (at < now - EARLIEST_MS || at > now + LATEST_MS))
    throw badArgument('context.at', 'is out of range', 'Give a time from a day ago to 30 days ahead.');
  if (attributes.length > MOST_ATTRIBUTES) throw badArgument('context.attributes', 'is too long', `Give at most ${MOST_ATTRIBUTES}.`);
  if (new Set(attributes.map(({ name }) => name)).size < attributes.length)
    throw badArgument('context.attributes', 'names something twice', 'Give each name once.');
  const texts = [...attributes.flatMap(({ name, value }) => [name, value]), ...(store === null ? [] : [store])];
  // What no store can keep would fail the write that a decision shares with those of others.
  if (texts.some((text) => text.length > MOST_CHARACTERS || !LABEL.test(text)))
    throw badArgument(
      'context',
      'has a text that is out of bounds',
      `Give 1 to ${MOST_CHARACTERS} characters each, no control characters.`,
    );
  return { at, occasion, store, attributes };
}

/** What each occasion leaves of the templates that sell. */
const SUITS: Readonly<Record<Occasion, (template: Template) => boolean>> = {
  BIRTHDAY: (template) => template === 'BIRTHDAY',
  ANNIVERSARY: (template) => template === 'ANNIVERSARY',
  // Who is paying neither forgot the cart nor stayed away, and is not to be kept.
  CHECKOUT: (template) => !['CART_REMINDER', 'WIN_BACK', 'REVIEW_REQUEST'].includes(template),
  // Who needs help is not sold to meanwhile.
  SERVICE_CONTACT: () => false,
};

/** Whether something that sells suits the occasion. */
export function suits(template: Template, { occasion }: DecisionContext): boolean {
  return occasion === null || SUITS[occasion](template);
}

const says = ({ attributes }: DecisionContext, name: string, values: readonly string[]) =>
  attributes.some((attribute) => attribute.name.trim().toLowerCase() === name && values.includes(attribute.value.trim().toUpperCase()));

/** Whether others can read along: what is shown then tells nothing of the customer. */
export function isSeenByOthers(context: DecisionContext): boolean {
  return says(context, 'screen', ['SHARED']);
}

/** Weather in which nobody is sent out. */
const STAY_IN = ['STORM', 'SNOW', 'HEAVY_RAIN', 'EXTREME_HEAT'];

/** The channels to name last, because of the weather. */
export function lastChannels(context: DecisionContext): readonly Channel[] {
  return context.store === null && says(context, 'weather', STAY_IN) ? ['STORE'] : [];
}
