import type { FetchNode } from '@apollo/query-planner';
import { type DocumentNode, parse } from 'graphql';
import type { FetchOperation } from '../transport/transport.ts';
import { type AnswerFields, answerFields, compileMerge, type Merge, renamed } from './compile/merge.ts';
import { compileRepresentations, type Representations, type Subtypes } from './compile/representation.ts';
import { rewriter } from './compile/rewrites.ts';
import { type Collector, compileCollector, isSamePath, type PlanPath } from './compile/targets.ts';
import { fragmentsOf, responseName } from './document.ts';
import { type FetchShape, readShape } from './fetch-shape.ts';

/** A fetch at its place in a plan: everything about it that is the same for every request. */
export interface FetchSite {
  readonly operation: FetchOperation;
  /** Where the objects are that it is made for; empty for the root. */
  readonly path: PlanPath;
  readonly collect: Collector;
  /** Where `collect`'s result is kept in a run. */
  readonly place: number;
  /** The places whose objects it may change: they have to be collected anew after it. */
  readonly outdates: readonly number[];
  readonly variables: readonly string[];
  /** What is said of each entity; undefined for a fetch of root fields. */
  readonly representations: Representations | undefined;
  readonly shape: FetchShape;
  /** Fields that an entity of a type, or the root, has to have for the answer to be one. */
  readonly promised: (typeName: string) => readonly string[];
  readonly merge: Merge;
  /** The fields under which it may put new objects into the data. */
  readonly composites: readonly string[];
  /** Whether nothing but leaves is merged, so that one answer can serve many objects without copies. */
  readonly leavesOnly: boolean;
  readonly rewrite: ((value: unknown) => void) | undefined;
  /** Response names of the planner's, and what `rewrite` makes of them. */
  readonly aliases: ReadonlyMap<string, string>;
  /** The memory that it shares with the same fetch elsewhere in the plan; -1 when there is none. */
  memory: number;
}

/** Gives every distinct path a number. */
export class Places {
  readonly #paths: PlanPath[] = [];

  of(path: PlanPath): number {
    const known = this.#paths.findIndex((other) => isSamePath(other, path));
    return known >= 0 ? known : this.#paths.push(path) - 1;
  }

  /** Those at or below one of `names` under `path`. Whether a part is a list makes no difference. */
  below(path: PlanPath, names: readonly string[]): number[] {
    const above = path.filter((part) => part !== '@');
    return this.#paths.flatMap((other, index) => {
      const parts = other.filter((part) => part !== '@');
      return above.every((part, depth) => part === parts[depth]) && names.includes(parts[above.length] ?? '') ? [index] : [];
    });
  }

  get count(): number {
    return this.#paths.length;
  }
}

class Operation implements FetchOperation {
  readonly service: string;
  readonly kind: FetchOperation['kind'];
  readonly name: string | undefined;
  readonly query: string;
  readonly bodyHead: string;
  readonly document: DocumentNode;

  constructor({ serviceName, operationKind, operationName, operation }: FetchNode) {
    this.service = serviceName;
    this.kind = operationKind;
    // The planner numbers its fetches. Without the number two that ask for the same are the same.
    this.name = operationName?.replace(/__\d+$/, '');
    this.query = operationName === undefined ? operation : operation.replace(operationName, this.name ?? '');
    const named = this.name === undefined ? '' : `,"operationName":${JSON.stringify(this.name)}`;
    this.bodyHead = `{"query":${JSON.stringify(this.query)}${named}`;
    this.document = parse(this.query, { noLocation: true });
  }
}

/** Compiles a fetch of a plan at `path`. `outdates` is filled when all paths of the plan are known. */
export function compileFetch(node: FetchNode, path: PlanPath, places: Places, isSubtype: Subtypes): FetchSite & { outdates: number[] } {
  const operation = new Operation(node);
  const shape = readShape(operation.document);
  const representations = node.requires && compileRepresentations(node.requires, node.inputRewrites, isSubtype);
  const answered = rewrittenFields(node, answerFields(shape.selection, fragmentsOf(operation.document)));
  const composites = [...answered.fields].flatMap(([name, below]) => (below ? [name] : []));
  const promised = new Map<string, readonly string[]>();
  return {
    operation,
    path,
    collect: compileCollector(path),
    place: places.of(path),
    outdates: [],
    variables: node.variableUsages ?? [],
    representations,
    shape,
    promised: (typeName) => {
      let names = promised.get(typeName);
      if (!names) {
        names = shape.promised(typeName);
        promised.set(typeName, names);
      }
      return names;
    },
    merge: compileMerge(answered, isSubtype),
    composites,
    leavesOnly: composites.length === 0,
    rewrite: node.outputRewrites?.length ? rewriter(node.outputRewrites, isSubtype) : undefined,
    aliases: new Map(
      node.outputRewrites?.flatMap((rewrite) => (rewrite.kind === 'KeyRenamer' ? [[rewrite.path.at(-1) ?? '', rewrite.renameKeyTo]] : [])),
    ),
    memory: -1,
  };
}

/** What a fetch gives an object of this type, by the names that it has in the data. */
export function fieldNames({ shape, aliases }: FetchSite, typeName: string): string[] {
  return shape.fields(typeName).map((node) => aliases.get(responseName(node)) ?? responseName(node));
}

function rewrittenFields({ outputRewrites = [] }: FetchNode, fields: AnswerFields): AnswerFields {
  return outputRewrites.reduce((all, rewrite) => {
    const path = rewrite.path.filter((part) => !part.startsWith('... on '));
    if (rewrite.kind === 'KeyRenamer') return renamed(all, path, rewrite.renameKeyTo);
    return all;
  }, fields);
}
