import { InvalidArgumentError } from 'commander';
import { closest } from '../kernel/closest.ts';
import { readCursor } from '../kernel/cursor.ts';
import type { Cursor } from '../kernel/storage/port.ts';
import { type ModelKind, TRAINED_MODELS } from '../training/kinds.ts';

/** How arguments and options are read from their text. Each throws an InvalidArgumentError that says what to give instead. */

/** The largest demo company. */
export const MAX_CUSTOMERS = 10_000_000;

/** How many rows a list shows. */
export function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 1000) throw new InvalidArgumentError('Give a whole number from 1 to 1000.');
  return value;
}

/** How many customers a demo company has. */
export function customers(text: string): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 1 && value <= MAX_CUSTOMERS) return value;
  throw new InvalidArgumentError(`Give a whole number from 1 to ${MAX_CUSTOMERS}, such as 1000.`);
}

/** A whole number from 0, such as a seed. */
export function whole(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number, such as 1.');
}

/** A position in a list, as the page before printed it. */
export function cursor(text: string): Cursor {
  const read = readCursor(text);
  if (read) return read;
  throw new InvalidArgumentError('Pass the one that the page before ended with, unchanged.');
}

/** One more `NAME=URL` of an option that may be repeated; read when the command runs, because all that is wrong is told at once. */
export function subgraphUrl(given: string, before: readonly string[]): readonly string[] {
  return [...before, given];
}

/** A kind of model. */
export function modelKind(text: string): ModelKind {
  const kinds = Object.keys(TRAINED_MODELS) as ModelKind[];
  const known = kinds.find((kind) => kind === text);
  if (known) return known;
  const meant = closest(text, kinds, 4);
  throw new InvalidArgumentError(`There is no such kind${meant ? `; did you mean ${meant}?` : '.'} Give one of ${kinds.join(', ')}.`);
}

/** One more kind of model, of an argument that may be repeated. */
export function modelKinds(text: string, before: readonly ModelKind[] = []): readonly ModelKind[] {
  return [...before, modelKind(text)];
}

/** What parts the columns of a file. */
export function delimiter(text: string): string {
  if (text === 'tab') return '\t';
  if (text.length === 1) return text;
  throw new InvalidArgumentError('Give one character, such as ";", or tab.');
}

/** The name of an encoding of text, as the Encoding Standard spells it. */
export function encoding(text: string): string {
  try {
    return new TextDecoder(text).encoding;
  } catch {
    throw new InvalidArgumentError('There is no such encoding. Give one such as utf-8, shift_jis or windows-1252.');
  }
}
