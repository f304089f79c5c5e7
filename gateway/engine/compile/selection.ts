import {
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql';
import { type Fragments, responseName } from '../document.ts';
import { ALWAYS, and, type Conditions, NEVER, not, or, type When } from './conditions.ts';

/** A selection set that adds to what is selected of an object, when it does. */
export interface Part {
  readonly set: SelectionSetNode;
  readonly when: When;
  /** The type that its fields are selected on. */
  readonly on: GraphQLCompositeType;
}

/** Everything that is selected under one response name of an object. */
export interface SelectedField {
  readonly responseName: string;
  readonly node: FieldNode;
  readonly type: GraphQLOutputType;
  /** What is selected of its value; empty for a leaf. */
  readonly parts: readonly Part[];
}

/** A field at one of the places where it is selected; it is answered at the first one whose `when` holds. */
export interface Place {
  readonly field: SelectedField;
  readonly when: When;
}

export interface SelectionContext {
  readonly schema: GraphQLSchema;
  readonly fragments: Fragments;
  readonly conditions: Conditions;
}

interface Gathered {
  readonly first: FieldNode;
  readonly type: GraphQLOutputType;
  readonly parts: Part[];
  readonly places: { readonly index: number; readonly when: When }[];
}

/**
 * What `parts` select of an object of `type`, in the order of the answer: GraphQL's CollectFields, with @skip and @include
 * kept as expressions. `type` is abstract for an object whose type name nobody knows.
 */
export function selectionOf(parts: readonly Part[], type: GraphQLCompositeType, context: SelectionContext): Place[] {
  const gathered = new Map<string, Gathered>();
  let index = 0;
  const walk = (set: SelectionSetNode, when: When, on: GraphQLCompositeType) => {
    for (const selection of set.selections) {
      const wanted = and(when, context.conditions.when(selection));
      if (wanted === NEVER) continue;
      if (selection.kind === Kind.FIELD) {
        const name = responseName(selection);
        let field = gathered.get(name);
        if (!field) {
          field = { first: selection, type: fieldType(selection.name.value, type, on, context.schema), parts: [], places: [] };
          gathered.set(name, field);
        }
        field.places.push({ index: index++, when: wanted });
        const inner = getNamedType(field.type);
        if (selection.selectionSet && isCompositeType(inner)) field.parts.push({ set: selection.selectionSet, when: wanted, on: inner });
        continue;
      }
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? context.fragments.get(selection.name.value) : selection;
      if (!fragment) continue;
      const condition = fragment.typeCondition ? context.schema.getType(fragment.typeCondition.name.value) : on;
      if (isCompositeType(condition) && applies(condition, type, context.schema)) walk(fragment.selectionSet, wanted, condition);
    }
  };
  for (const { set, when, on } of parts) walk(set, when, on);

  const places: (Place & { readonly index: number })[] = [];
  for (const [name, { first, type: fieldOutput, parts: inner, places: at }] of gathered) {
    // A later selection of the same field under a condition that holds anyway selects it always.
    const field: SelectedField = { responseName: name, node: first, type: fieldOutput, parts: inner };
    let before: When = NEVER;
    for (const { index: place, when } of at) {
      const here = and(when, not(before));
      if (here !== NEVER && before !== ALWAYS) places.push({ field, when: here, index: place });
      before = or(before, when);
    }
  }
  return places.sort((a, b) => a.index - b.index);
}

function applies(condition: GraphQLCompositeType, type: GraphQLCompositeType, schema: GraphQLSchema): boolean {
  if (condition === type) return true;
  return isAbstractType(condition) && (isObjectType(type) || isInterfaceType(type)) && schema.isSubType(condition, type);
}

/** An object's own definition of the field counts, not the one of the interface that it was selected on: it may be stricter. */
function fieldType(name: string, type: GraphQLCompositeType, on: GraphQLCompositeType, schema: GraphQLSchema): GraphQLOutputType {
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef.type;
  if (type === schema.getQueryType()) {
    if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef.type;
    if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef.type;
  }
  for (const owner of [type, on]) {
    const field = 'getFields' in owner ? owner.getFields()[name] : undefined;
    if (field) return field.type;
  }
  throw new Error(`The document selects ${on.name}.${name}, which the schema does not have.`);
}
