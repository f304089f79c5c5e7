import { type ArgumentNode, type FieldNode, GraphQLError, Kind, parse } from 'graphql';

/** A field as it is written. */
export interface WrittenStep {
  readonly field: FieldNode;
  /** What stands in square brackets after it: of what is in its list, what these fields say. */
  readonly where: readonly ArgumentNode[];
}

/**
 * A path of fields as it is written: names with dots in between, arguments as in GraphQL, and in square brackets which of a list. Null when it is
 * not one.
 */
export function stepsOf(path: string): readonly WrittenStep[] | null {
  const parts = partsOf(path);
  const fields = parts && fieldsOf(parts.map(({ field }) => field));
  if (!fields) return null;
  const steps: WrittenStep[] = [];
  for (const [index, field] of fields.entries()) {
    const where = argumentsIn(parts[index]?.where ?? null);
    if (!where) return null;
    steps.push({ field, where });
  }
  return steps;
}

/** Null when they are not one field below the other. */
function fieldsOf(parts: readonly string[]): readonly FieldNode[] | null {
  const fields: FieldNode[] = [];
  for (let field = selected(`{${parts.join('{')}${'}'.repeat(parts.length)}`); field; ) {
    if (field.kind !== Kind.FIELD || field.alias || field.directives?.length) return null;
    fields.push(field);
    const [next, ...others]: readonly unknown[] = field.selectionSet?.selections ?? [];
    if (others.length > 0) return null;
    field = next as FieldNode | null;
  }
  return fields.length === parts.length ? fields : null;
}

/** What is said in square brackets; nothing where there are none. */
function argumentsIn(where: string | null): readonly ArgumentNode[] | null {
  return where === null ? [] : (fieldsOf([`where(${where})`])?.[0]?.arguments ?? null);
}

function selected(document: string): FieldNode | null {
  try {
    const { definitions } = parse(document, { noLocation: true, maxTokens: 200 });
    const [operation, ...others] = definitions;
    if (others.length > 0 || operation?.kind !== Kind.OPERATION_DEFINITION) return null;
    const [field, ...more] = operation.selectionSet.selections;
    return more.length === 0 && field?.kind === Kind.FIELD ? field : null;
  } catch (error) {
    if (error instanceof GraphQLError) return null;
    throw error;
  }
}

interface Part {
  readonly field: string;
  readonly where: string | null;
}

/** What stands between dots that are in no brackets; null when a bracket or a quote is left open. */
function partsOf(path: string): readonly Part[] | null {
  const parts: Part[] = [];
  let [from, round, square, quoted] = [0, 0, 0, false];
  /** Where the square brackets of the part begin and end, that stand in no others. */
  let [opened, closed] = [-1, -1];
  const end = (at: number): boolean => {
    if (opened !== -1 && closed !== at - 1) return false;
    parts.push(
      opened === -1
        ? { field: path.slice(from, at), where: null }
        : { field: path.slice(from, opened), where: path.slice(opened + 1, closed) },
    );
    [from, opened, closed] = [at + 1, -1, -1];
    return true;
  };
  for (let at = 0; at < path.length; at++) {
    const letter = path[at];
    if (quoted) {
      if (letter === '\\') at += 1;
      else quoted = letter !== '"';
    } else if (letter === '"') quoted = true;
    else if (letter === '(') round += 1;
    else if (letter === ')') round -= 1;
    else if (letter === '[') {
      if (round === 0 && square === 0) {
        if (opened !== -1) return null;
        opened = at;
      }
      square += 1;
    } else if (letter === ']') {
      square -= 1;
      if (round === 0 && square === 0) closed = at;
    } else if (letter === '.' && round === 0 && square === 0 && !end(at)) return null;
  }
  return !quoted && round === 0 && square === 0 && end(path.length) ? parts : null;
}
