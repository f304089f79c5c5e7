import {
  type ArgumentNode,
  type GraphQLField,
  type GraphQLLeafType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isInterfaceType,
  isLeafType,
  isListType,
  isObjectType,
  isRequiredArgument,
  print,
  valueFromAST,
} from 'graphql';
import { closest } from '../kernel/closest.ts';
import { durationOf } from './duration.ts';
import { stepsOf } from './path.ts';

/** An argument whose instant is told by each question anew: a duration from the time of asking. */
export interface MovingArgument {
  readonly type: string;
  readonly duration: string;
}

export interface Step {
  readonly name: string;
  /** What is written in brackets, with `null` where a moving argument's variable goes. */
  readonly args: readonly { readonly name: string; readonly value: string | MovingArgument }[];
  /** Whether the object that this step is a field of says itself which domain did not answer, and whether it does so of several. */
  readonly status: 'one' | 'many' | null;
}

/** A field of Customer, at any depth. */
export interface FieldOfCustomer {
  readonly steps: readonly Step[];
  readonly type: GraphQLLeafType;
  /** Whether it may have several values for one customer. */
  readonly many: boolean;
}

const MOST_STEPS = 12;

/** Reads a path by the schema; a text says what is wrong with it and what to do. */
export function fieldOfCustomer(path: string, schema: GraphQLSchema): FieldOfCustomer | string {
  const nodes = stepsOf(path);
  if (!nodes)
    return 'is not a path of fields; write names with dots in between, and arguments in brackets, such as purchases.summary.orderCount';
  if (nodes.length > MOST_STEPS) return `is longer than ${MOST_STEPS} fields`;
  const steps: Step[] = [];
  let type: GraphQLNamedType | undefined = schema.getType('Customer');
  let many = false;
  for (const { name, arguments: args = [] } of nodes) {
    if (!isObjectType(type) && !isInterfaceType(type)) return `goes on after ${steps.at(-1)?.name}, which has no fields`;
    const fields = type.getFields();
    const field: GraphQLField<unknown, unknown> | undefined = fields[name.value];
    if (!field) return unknownField(name.value, type.name, Object.keys(fields));
    if (type.name === 'Customer' && field.name === 'segments') return "asks for segments; a rule can't rest on segments";
    const read = argumentsOf(field, args);
    if (typeof read === 'string') return read;
    steps.push({ name: field.name, args: read, status: statusOf(fields.sourceStatus) });
    many ||= isListType(getNullableType(field.type));
    type = getNamedType(field.type);
    if (type.name === 'Customer') return `comes back to a Customer at ${field.name}; a rule is about one customer`;
  }
  if (isLeafType(type)) return { steps, type, many };
  const fields = isObjectType(type) || isInterfaceType(type) ? Object.keys(type.getFields()) : [];
  return `ends at ${type?.name}; go on to one of its fields${fields.length > 0 ? `, such as ${steps.at(-1)?.name}.${fields[0]}` : ''}`;
}

function unknownField(name: string, type: string, fields: readonly string[]): string {
  const meant = closest(name, fields, 4);
  return `names ${name}, which ${type} has not${meant ? `; did you mean ${meant}?` : ''}`;
}

/** By a convention of the house, `sourceStatus` says which domains could not be asked for what stands beside it. */
function statusOf(field: GraphQLField<unknown, unknown> | undefined): Step['status'] {
  if (!field || field.args.some(isRequiredArgument)) return null;
  const type = getNamedType(field.type);
  if (!isObjectType(type) || !type.getFields().state) return null;
  return isListType(getNullableType(field.type)) ? 'many' : 'one';
}

function argumentsOf(field: GraphQLField<unknown, unknown>, nodes: readonly ArgumentNode[]): Step['args'] | string {
  const args: { name: string; value: string | MovingArgument }[] = [];
  for (const { name, value } of nodes) {
    const known = field.args.find((arg) => arg.name === name.value);
    if (!known) {
      const names = field.args.map((arg) => arg.name);
      return `gives ${field.name} an argument ${name.value}; ${names.length > 0 ? `it takes ${names.join(', ')}` : 'it takes none'}`;
    }
    const moving = getNamedType(known.type).name === 'DateTime' && value.kind === 'StringValue' && durationOf(value.value) !== null;
    if (moving) args.push({ name: name.value, value: { type: String(known.type), duration: value.value } });
    else if (valueFromAST(value, known.type) === undefined)
      return `gives ${field.name} a value for ${name.value} that is not a ${known.type}`;
    else args.push({ name: name.value, value: print(value) });
  }
  if (new Set(args.map(({ name }) => name)).size < args.length) return `gives ${field.name} an argument twice`;
  const missing = field.args.find((arg) => isRequiredArgument(arg) && !args.some(({ name }) => name === arg.name));
  return missing ? `leaves out the argument ${missing.name} of ${field.name}` : args;
}
