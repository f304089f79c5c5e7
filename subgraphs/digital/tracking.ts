import { NO_SUCH_CUSTOMER, type Reason, refuse } from '../../kernel/errors.ts';
import type { Claim, ClaimRefusal, Identifier } from '../../kernel/intake.ts';
import { type Money, minorDigits, parseDecimal, toMoney } from '../../kernel/money.ts';
import type { EpochMs } from '../../kernel/storage/port.ts';
import { textErrors } from '../../kernel/texts.ts';
import type { EventInput, EventsTrackInput, MoneyInput } from '../../schema/generated/digital.ts';
import type { Context } from './context.ts';
import { eventRecord } from './ingest.ts';
import { fileEvents } from './intakes.ts';
import type { EventRecord, EventRow } from './records.ts';
import { MAX_PROPERTIES, MAX_QUANTITY, MAX_TEXT, pathOf } from './source.ts';

const MAX_EVENTS = 100;
const MAX_AHEAD_MS = 86_400_000;
/** A URL with its query; less of it is kept. */
const MAX_PATH = 8_192;

/** Why an event is refused; `field` is a path within the event. */
function problem<Code extends string>(code: Code, field: string, message: string): Reason<Code> {
  return { code, field, message };
}

function price({ amount, currencyCode }: MoneyInput): Money | null {
  const decimal = parseDecimal(amount);
  if (!decimal || decimal.unscaled < 0n || decimal.scale > minorDigits(currencyCode)) return null;
  try {
    return toMoney(decimal, currencyCode);
  } catch {
    return null;
  }
}

/** The event as a row, or why it is refused. */
function eventRow(input: EventInput, now: EpochMs) {
  const { product, device, timestamp } = input;
  if (input.messageId.trim() === '') return problem('FIELD_MISSING', 'messageId', 'Give each event a number that no other has.');
  if (input.type === 'TRACK' && !input.name?.trim()) return problem('FIELD_MISSING', 'name', 'A TRACK needs the name of what was done.');
  if (timestamp > now + MAX_AHEAD_MS)
    return problem('TIMESTAMP_IN_FUTURE', 'timestamp', "The event lies more than a day ahead; correct the device's clock by sentAt.");
  const quantity = product?.quantity ?? null;
  if (quantity !== null && (quantity < 1 || quantity > MAX_QUANTITY))
    return problem('QUANTITY_INVALID', 'product.quantity', `The quantity must be from 1 to ${MAX_QUANTITY}.`);
  const unitPrice = product?.price ? price(product.price) : null;
  if (product?.price && !unitPrice)
    return problem('AMOUNT_INVALID', 'product.price.amount', "The amount must be 0 or more, with the currency's decimal places at most.");
  const properties = input.properties ?? [];
  if (properties.length > MAX_PROPERTIES || properties.some(({ value }) => value.length > MAX_TEXT))
    return problem('PROPERTIES_TOO_LARGE', 'properties', `Send at most ${MAX_PROPERTIES} properties of ${MAX_TEXT} characters each.`);
  // A property without a value is one all the same.
  const texts = { ...input, properties: properties.map(({ key, value }) => (value === '' ? { key } : { key, value })) };
  const [unfit] = textErrors(texts, { path: MAX_PATH });
  if (unfit) return problem('TEXT_INVALID', (unfit.field ?? []).slice(1).join('.'), unfit.message);
  const row: EventRow = {
    messageId: input.messageId,
    type: input.type,
    name: input.name?.trim() || null,
    happenedAt: timestamp,
    channel: input.channel ?? 'UNKNOWN',
    sessionId: input.sessionId ?? null,
    sku: product?.sku ?? null,
    productName: product?.name ?? null,
    category: product?.category ?? input.category ?? null,
    quantity,
    price: unitPrice,
    path: input.path ? pathOf(input.path) : null,
    campaign: input.campaign ?? null,
    device: device ? { id: device.id ?? null, type: device.type ?? null, os: device.os ?? null } : null,
    error: input.error ?? null,
    properties: properties.map(({ key, value }) => ({ key, value })),
  };
  return row;
}

/** An identifier with the field of the event that it was given in. */
interface NamedIdentifier extends Identifier {
  readonly field: string;
}

/**
 * The identifiers of whose event it is. An IDENTIFY joins the visitor to the user, an ALIAS the previous id; any other event
 * belongs to the user, where it names one, and says nothing about the visitor.
 */
function identifiersOf({ type, anonymousId, userId, previousId }: EventInput): readonly NamedIdentifier[] {
  const user = userId ? [{ field: 'userId', namespace: 'USER_ID', value: userId }] : [];
  const visitor = anonymousId ? [{ field: 'anonymousId', namespace: 'ANONYMOUS_ID', value: anonymousId }] : [];
  const previous = previousId ? [{ field: 'previousId', namespace: 'ANONYMOUS_ID', value: previousId }] : [];
  if (type === 'IDENTIFY') return [...user, ...visitor];
  if (type === 'ALIAS') return [...user, ...previous];
  return user.length > 0 ? user : visitor;
}

/** The directory's refusal, with the field of the event that it is about: the identifier it names, else the first. */
function refusedIdentifier(input: EventInput, reason: ClaimRefusal): ClaimRefusal {
  const identifiers = identifiersOf(input);
  const [, index = '0'] = /^identifiers\.(\d+)/.exec(reason.field ?? '') ?? [];
  return problem(reason.code, identifiers[Number(index)]?.field ?? 'userId', reason.message);
}

/** Why an event is nobody's. */
type OwnerRefusal = ClaimRefusal | Reason<'OWNER_AMBIGUOUS' | 'OWNER_MISSING' | 'CUSTOMER_UNKNOWN'>;

/** In input order: whose each event is, or why that can't be said. One call of the directory for named customers, one for identifiers. */
async function ownersOf(context: Context, inputs: readonly EventInput[]): Promise<readonly (string | OwnerRefusal)[]> {
  const owners = inputs.map((input): string | OwnerRefusal => {
    const claims = identifiersOf(input).length > 0;
    if (input.customer && claims) return problem('OWNER_AMBIGUOUS', 'customer', 'Name the customer, or identifiers, not both.');
    if (input.customer || claims) return '';
    return problem('OWNER_MISSING', 'customer', 'Name the customer, or an anonymousId, a userId or both.');
  });
  const named = inputs.flatMap(({ customer }, index) => (owners[index] === '' && customer ? [{ customer, index }] : []));
  const claimed = inputs.flatMap((input, index) => {
    const identifiers = identifiersOf(input).map(({ namespace, value }) => ({ namespace, value }));
    const claim: Claim = { identifiers, source: 'events-track', seenAt: input.timestamp };
    return owners[index] === '' && !input.customer ? [{ claim, index }] : [];
  });
  const exist = named.length > 0 ? await context.directory.exists(named.map(({ customer }) => customer)) : [];
  for (const [position, { customer, index }] of named.entries())
    owners[index] = exist[position] ? customer : problem('CUSTOMER_UNKNOWN', 'customer', NO_SUCH_CUSTOMER);
  const found = claimed.length > 0 ? await context.directory.resolve(claimed.map(({ claim }) => claim)) : [];
  for (const [position, { index }] of claimed.entries()) {
    const owner = found[position];
    if (owner !== undefined) owners[index] = typeof owner === 'string' ? owner : refusedIdentifier(inputs[index]!, owner);
  }
  return owners;
}

/** The events, each under the id of its person that it was filed under before, if it was: a visitor's event that comes again after the visitor signed in. */
async function whereFiled({ directory, collections }: Context, events: readonly EventRecord[]): Promise<readonly EventRecord[]> {
  const owners = [...new Set(events.map(({ owner }) => owner))];
  const members = await directory.members(owners);
  const others = new Map(owners.map((owner, index) => [owner, (members[index] ?? []).filter((member) => member !== owner)]));
  const places = events.flatMap((event) => (others.get(event.owner) ?? []).map((owner) => ({ owner, id: event.id })));
  if (places.length === 0) return events;
  const found = await collections.events.getMany(places);
  const filed = new Map(found.flatMap((event) => (event ? [[event.id, event.owner] as const] : [])));
  return events.map((event) => ({ ...event, owner: filed.get(event.id) ?? event.owner }));
}

type EventRefusal = OwnerRefusal | Exclude<ReturnType<typeof eventRow>, EventRow> | Reason<'IDEMPOTENCY_KEY_REUSED'>;

/** Takes in a batch of events; each stands for itself. `events` answers in input order, null where an event is refused. */
export async function trackEvents(context: Context, { events: inputs }: EventsTrackInput) {
  if (inputs.length === 0 || inputs.length > MAX_EVENTS)
    return { events: [], userErrors: [refuse('BATCH_SIZE_INVALID', 'events', `Send 1 to ${MAX_EVENTS} events at once.`)] };
  const refusals = new Map<number, EventRefusal>();
  const rows = inputs.map((input) => eventRow(input, context.now));
  const valid = rows.flatMap((row, index) => ('code' in row ? [] : [{ row, index, input: inputs[index]! }]));
  for (const [index, row] of rows.entries()) if ('code' in row) refusals.set(index, row);

  const owners = await ownersOf(
    context,
    valid.map(({ input }) => input),
  );
  const filing = valid.flatMap(({ row, index }, position) => {
    const owner = owners[position]!;
    if (typeof owner === 'string') return [{ index, event: eventRecord({ record: row, owner, origin: 'events-track', occurrence: 1 }) }];
    refusals.set(index, owner);
    return [];
  });
  const filed = await fileEvents(
    context.collections,
    await whereFiled(
      context,
      filing.map(({ event }) => event),
    ),
  );
  const events = inputs.map((): EventRecord | null => null);
  for (const [position, { index, event }] of filing.entries()) {
    const stored = filed[position] ?? null;
    if (stored === null) refusals.set(index, problem('CUSTOMER_UNKNOWN', 'customer', NO_SUCH_CUSTOMER));
    else if (stored.content === event.content) events[index] = stored;
    else refusals.set(index, problem('IDEMPOTENCY_KEY_REUSED', 'messageId', 'The messageId belongs to an event of other content.'));
  }
  const userErrors = [...refusals]
    .sort(([a], [b]) => a - b)
    .map(([index, { code, field, message }]) => refuse(code, `events.${index}${field ? `.${field}` : ''}`, message));
  return { events, userErrors };
}
