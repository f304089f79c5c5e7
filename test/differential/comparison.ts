import type { GraphQLFormattedError, GraphQLSchema } from 'graphql';
import type { Outcome } from './execution.ts';
import type { Asked } from './operation.ts';
import { misordered } from './response-order.ts';

/**
 * How our answers may differ from stock's, all of it:
 *
 * - keys are those that GraphQL's CollectFields gives, in its order, which is looked at by itself. Stock puts selections
 *   on one type together, and inside a fragment on an interface it forgets of which type an object is, so that it leaves
 *   out what is selected there on that very type;
 * - messages and extensions are ours: nothing that a resolver said is told (test/gateway/unavailable.test.ts);
 * - stock tells an error of a field that only the gateway asked for, at a place that the client's answer does not have;
 *   we do not, unless it left a null that the client sees and nobody explains. So it is of an object that has another
 *   type than the field was selected on: whoever knows M as an object is asked for all of them;
 * - stock says of a missing value in `extensions.valueCompletion` only, and only when there is no error; we say it as an
 *   error, under the same condition;
 * - where nobody can tell of which type an object is, it is null: stock says nothing of that, we do;
 * - stock counts entities where it should count representations, when it makes places of indexes: an error can be told of
 *   a neighbour, so that indexes in the places of errors are not compared. Nor is how often: what is equal we ask once.
 */
export function differences(schema: GraphQLSchema, asked: Asked, stock: Outcome, ours: Outcome): string[] {
  const found: string[] = [];
  const data: unknown = JSON.parse(stock.data);
  if (!agree(data, JSON.parse(ours.data))) found.push(`data:\n  stock ${stock.data}\n  ours  ${ours.data}`);
  const order = misordered(schema, asked, JSON.parse(ours.data));
  if (order !== undefined) found.push(order);
  const expected = places(stock.errors.filter((error) => !error.path || isVisible(JSON.parse(ours.data), error.path)));
  const told = places(ours.errors);
  if (stock.errors.length > 0) {
    for (const place of expected)
      if (!told.has(place) && !isToldAbove(place, told))
        found.push(`ours does not tell of ${place}: ${stock.errors.map(({ message }) => message)}`);
    // One of several equal places may lie under a null that the client sees.
    const everything = places(stock.errors);
    // Where stock ran out of places it tells only what is below the entity. And what is of a field that only the gateway asked
    // for is told by us of a field beside it.
    const cut = [...everything].filter((place) => !expected.has(place));
    // And of entities that were refused all together, only where they were.
    const refused = [...everything].flatMap((place) => (place.endsWith('_entities') ? place.slice(0, -'_entities'.length) : []));
    for (const place of told) {
      const known =
        everything.has(place) ||
        cut.some((end) => place.endsWith(`.${end}`) || isBeside(place, end)) ||
        refused.some((start) => `${place}.`.startsWith(start));
      if (!known) found.push(`ours tells of ${place}, stock of ${JSON.stringify(stock.errors)}`);
    }
  } else {
    const flaws = ours.errors.filter((error) => !isUntold(data, error));
    if (stock.flawed ? ours.errors.length === 0 : flaws.length > 0)
      found.push(`stock is ${stock.flawed ? '' : 'not '}flawed, ours tells of ${[...told].join(' ') || 'nothing'}`);
  }
  return found;
}

/** Whether ours has all that stock has; what it has beyond must be what CollectFields gives. */
function agree(stock: unknown, ours: unknown): boolean {
  if (typeof stock !== 'object' || stock === null || typeof ours !== 'object' || ours === null) return stock === ours;
  if (Array.isArray(stock) !== Array.isArray(ours)) return false;
  if (Array.isArray(stock))
    return stock.length === (ours as unknown[]).length && stock.every((item, index) => agree(item, (ours as unknown[])[index]));
  return Object.entries(stock).every(([key, value]) => Object.hasOwn(ours, key) && agree(value, (ours as Record<string, unknown>)[key]));
}

/** Of entities that were refused all together ours tells where the null is that they left. */
function isToldAbove(place: string, told: ReadonlySet<string>): boolean {
  return place.endsWith('._entities') && [...told].some((one) => place.startsWith(`${one}.`));
}

/** A missing value, told where stock has a null, or left out what it stands in, and does not say why. */
function isUntold(data: unknown, { path = [], message }: GraphQLFormattedError): boolean {
  let value = data;
  for (const part of path) {
    if (value === null || value === undefined) break;
    value = (value as Readonly<Record<string | number, unknown>>)[part];
  }
  return (value === null || value === undefined) && message === 'A value that is always there was missing.';
}

/** Whether `other` is of the same object as `place`, or below it. */
function isBeside(place: string, other: string): boolean {
  const object = place.lastIndexOf('.') + 1;
  return object > 0 && other.startsWith(place.slice(0, object));
}

/** Without indexes. */
function places(errors: readonly GraphQLFormattedError[]): Set<string> {
  return new Set(errors.map(({ path = [] }) => path.filter((part) => typeof part === 'string' && part !== '@').join('.')));
}

/** Whether the client's answer has the place: the very one, and some that is the same but for indexes, because stock may miscount. */
function isVisible(data: unknown, path: readonly (string | number)[]): boolean {
  return leads(data, path, true) && leads(data, path, false);
}

function leads(data: unknown, path: readonly (string | number)[], exactly: boolean): boolean {
  let values = [data];
  for (const part of path) {
    if (part === '@') continue;
    if (typeof part === 'number') {
      if (exactly) values = values.map((value) => (Array.isArray(value) ? value[part] : value));
      continue;
    }
    const objects = values.flat(9).filter((value) => typeof value === 'object' && value !== null) as Record<string, unknown>[];
    if (objects.length === 0) return true;
    values = objects.flatMap((object) => (Object.hasOwn(object, part) ? [object[part]] : []));
    if (values.length === 0) return false;
  }
  return true;
}
