import { type FieldNode, GraphQLError, Kind, parse } from 'graphql';

/** A path of fields as it is written: names with dots in between, and arguments as in GraphQL. Null when it is not one. */
export function stepsOf(path: string): readonly FieldNode[] | null {
  const parts = partsOf(path);
  const field = parts && selected(`{${parts.join('{')}${'}'.repeat(parts.length)}`);
  if (!field) return null;
  const steps: FieldNode[] = [];
  for (let step: FieldNode | undefined = field; step; ) {
    steps.push(step);
    const [next, ...others]: readonly unknown[] = step.selectionSet?.selections ?? [];
    if (others.length > 0) return null;
    step = next as FieldNode | undefined;
  }
  const plain = steps.every(({ kind, alias, directives }) => kind === Kind.FIELD && !alias && !directives?.length);
  return plain && steps.length === parts.length ? steps : null;
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

/** What stands between dots that are in no argument; null when a bracket or a quote is left open. */
function partsOf(path: string): readonly string[] | null {
  const parts: string[] = [];
  let [from, depth, quoted] = [0, 0, false];
  for (let at = 0; at < path.length; at++) {
    const letter = path[at];
    if (quoted) {
      if (letter === '\\') at += 1;
      else quoted = letter !== '"';
    } else if (letter === '"') quoted = true;
    else if (letter === '(') depth += 1;
    else if (letter === ')') depth -= 1;
    else if (letter === '.' && depth === 0) {
      parts.push(path.slice(from, at));
      from = at + 1;
    }
  }
  return quoted || depth !== 0 ? null : [...parts, path.slice(from)];
}
