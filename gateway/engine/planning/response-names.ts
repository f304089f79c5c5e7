import { type DocumentNode, type FieldNode, Kind, type VariableNode, visit } from 'graphql';

/** Names that begin so stand for a client's alias or variable. */
const OURS = '_client__';

export interface Renamed {
  /** The same object when nothing had to be renamed. */
  readonly document: DocumentNode;
  /** From a response name of `document` to the one that the client chose. */
  readonly renames: ReadonlyMap<string, string>;
}

/** The variable that the planner gives every fetch of entities. */
const REPRESENTATIONS = 'representations';

/**
 * Takes a client's aliases out of the way of what the gateway selects for itself: next to `id: name` a key `id` would be
 * the client's choice, and with it which object the subgraphs take this one for. `ownSelections`: names of fields that the
 * gateway selects. An alias is renamed alike wherever it stands, so that selections that were one stay one. Likewise a
 * variable `$representations`, which would decide what a subgraph is asked about: `Operation` hands on its value.
 */
export function withoutClashes(document: DocumentNode, ownSelections: ReadonlySet<string>): Renamed {
  const renames = new Map<string, string>();
  const renamed = visit(document, {
    Field(field: FieldNode): FieldNode | undefined {
      const alias = field.alias?.value;
      if (alias === undefined || alias === field.name.value) return undefined;
      if (!ownSelections.has(alias) && !PLANNED.test(alias)) return undefined;
      const ours = OURS + alias;
      renames.set(ours, alias);
      return { ...field, alias: { kind: Kind.NAME, value: ours } };
    },
    Variable(variable: VariableNode): VariableNode | undefined {
      const { value } = variable.name;
      if (value !== REPRESENTATIONS && !value.startsWith(OURS)) return undefined;
      return { ...variable, name: { kind: Kind.NAME, value: OURS + value } };
    },
  });
  return { document: renamed, renames };
}

/** What this module, `required-arguments.ts` and the planner (for fields of one name and different types) make up. */
const PLANNED = /^_client__|^_requires__|__alias_\d+$/;
