import {
  type ArgumentNode,
  type ConstValueNode,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLLeafType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isInterfaceType,
  isLeafType,
  isListType,
  isObjectType,
  isRequiredArgument,
  isUnionType,
  Kind,
  print,
  type ValueNode,
  valueFromAST,
} from 'graphql';
import { closest } from '../../../kernel/closest.ts';
import { MAX_PAGE } from '../../../kernel/page.ts';
import { durationOf } from './duration.ts';
import { kindOf, type Operand, operandOf, type Kind as ValueKind } from './operand.ts';
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
  /** Of what is in its list, only what this holds of counts. */
  readonly where: readonly Filter[];
  /** The fields in which the object that this step is a field of says itself which domains did not answer. */
  readonly statuses: readonly string[];
}

/** What a field of something in a list has to be: one of these. */
export interface Filter {
  readonly name: string;
  readonly kind: ValueKind;
  readonly operands: readonly Operand[];
}

/** A field of Customer, at any depth. */
export interface FieldOfCustomer {
  readonly steps: readonly Step[];
  readonly type: GraphQLLeafType;
  /** Whether it may have several values for one customer. */
  readonly many: boolean;
}

const MOST_STEPS = 12;
/** By a convention of the house, `record: true` makes a field keep what it answers. */
const KEEPS = 'record';
const MOST_NAMED = 12;

/** Reads a path by the schema; a text says what is wrong with it and what to do. */
export function fieldOfCustomer(path: string, schema: GraphQLSchema): FieldOfCustomer | string {
  const nodes = stepsOf(path);
  if (!nodes)
    return 'is not a path of fields; write names with dots in between, and arguments in brackets, such as purchases.summary.orderCount';
  if (nodes.length > MOST_STEPS) return `is longer than ${MOST_STEPS} fields; end it sooner`;
  const steps: Step[] = [];
  let type: GraphQLNamedType | undefined = schema.getType('Customer');
  let many = false;
  for (const {
    field: { name, arguments: args = [] },
    where,
  } of nodes) {
    const before = steps.at(-1)?.name;
    if (isUnionType(type)) return `goes on after ${before}, which is one of several types; end it before, and take another field`;
    if (!isObjectType(type) && !isInterfaceType(type)) return `goes on after ${before}, which has no fields; end it there`;
    const fields = type.getFields();
    const field: GraphQLField<unknown, unknown> | undefined = fields[name.value];
    if (!field) return unknownField(name.value, type.name, Object.keys(fields));
    if (type.name === 'Customer' && field.name === 'segments')
      return "asks for segments; a rule can't rest on segments, so copy the other one's conditions";
    const read = argumentsOf(field, args);
    if (typeof read === 'string') return read;
    const filters = filtersOf(field, where);
    if (typeof filters === 'string') return filters;
    steps.push({ name: field.name, args: read, where: filters, statuses: statusesIn(fields) });
    many ||= isListType(getNullableType(field.type));
    type = getNamedType(field.type);
    if (type.name === 'Customer') return `comes back to a Customer at ${field.name}; a rule is about one customer, so end it before`;
  }
  if (isLeafType(type)) return { steps, type, many };
  const fields = isObjectType(type) || isInterfaceType(type) ? Object.keys(type.getFields()) : [];
  return `ends at ${type?.name}; go on to one of its fields${fields.length > 0 ? `, such as ${steps.at(-1)?.name}.${fields[0]}` : ''}`;
}

function unknownField(name: string, type: string, fields: readonly string[]): string {
  const meant = closest(name, fields, 4);
  const some = fields.length > MOST_NAMED ? `${fields.slice(0, MOST_NAMED).join(', ')} and others` : fields.join(', ');
  return `names ${name}, which ${type} has not; ${meant ? `take ${meant}, if that is meant` : `it has ${some}`}`;
}

/** By a convention of the house, `sourceStatus` says which domains could not be asked for what stands beside it, and whatever is of its type says so too. */
function statusesIn(fields: Readonly<Record<string, GraphQLField<unknown, unknown>>>): readonly string[] {
  const status = fields.sourceStatus && getNamedType(fields.sourceStatus.type);
  if (!isObjectType(status) || !status.getFields().state) return [];
  return Object.values(fields)
    .filter(({ type, args }) => getNamedType(type) === status && !args.some(isRequiredArgument))
    .map(({ name }) => name);
}

function argumentsOf(field: GraphQLField<unknown, unknown>, nodes: readonly ArgumentNode[]): Step['args'] | string {
  const args: { name: string; value: string | MovingArgument }[] = [];
  for (const { name, value } of nodes) {
    const known = field.args.find((arg) => arg.name === name.value);
    if (!known) {
      const names = field.args.map((arg) => arg.name);
      return `gives ${field.name} an argument ${name.value}; ${names.length > 0 ? `it takes ${names.join(', ')}` : 'it takes none'}`;
    }
    if (!isConstant(value)) return `gives ${field.name} a variable in ${name.value}; write the value itself`;
    const moving = getNamedType(known.type).name === 'DateTime' && value.kind === 'StringValue' && durationOf(value.value) !== null;
    if (moving) args.push({ name: name.value, value: { type: String(known.type), duration: value.value } });
    else if (valueFromAST(value, known.type) === undefined)
      return `gives ${field.name} a value for ${name.value} that is not a ${known.type}; ${remedy(known)}`;
    else if (name.value === 'first' && value.kind === Kind.INT && !(Number(value.value) >= 1 && Number(value.value) <= MAX_PAGE))
      return `asks for the first ${value.value} of ${field.name}; give 1 to ${MAX_PAGE}`;
    else if (name.value === 'after') return `begins ${field.name} after a cursor; a rule reads the first page, so leave after out`;
    else if (name.value === KEEPS && value.kind === Kind.BOOLEAN && value.value)
      return `makes ${field.name} keep what it answers; a rule only reads, so leave ${name.value} out`;
    else args.push({ name: name.value, value: print(value) });
  }
  const again = args.find(({ name }, index) => args.findIndex((one) => one.name === name) < index);
  if (again) return `gives ${field.name} an argument ${again.name} twice; give it once`;
  const missing = field.args.find((arg) => isRequiredArgument(arg) && !args.some(({ name }) => name === arg.name));
  return missing ? `leaves out the argument ${missing.name} of ${field.name}; give a ${missing.type} in brackets` : args;
}

/** A text says what is wrong with what stands in square brackets. */
function filtersOf(field: GraphQLField<unknown, unknown>, nodes: readonly ArgumentNode[]): Step['where'] | string {
  if (nodes.length === 0) return [];
  const type = getNamedType(field.type);
  if (!isListType(getNullableType(field.type)) || !(isObjectType(type) || isInterfaceType(type)))
    return `chooses from ${field.name}, which is no list of objects; leave the square brackets out`;
  const filters: Filter[] = [];
  for (const { name, value } of nodes) {
    const by = type.getFields()[name.value];
    if (!by) return unknownField(name.value, type.name, Object.keys(type.getFields()));
    const leaf = getNullableType(by.type);
    if (!isLeafType(leaf) || by.args.some(isRequiredArgument))
      return `chooses from ${field.name} by ${name.value}, which is not a plain value; choose by another field`;
    const kind = kindOf(leaf);
    const operands = (value.kind === Kind.LIST ? value.values : [value]).map((one) =>
      'value' in one ? operandOf(String(one.value), kind, leaf) : `a plain value`,
    );
    const wrong = operands.find((operand) => typeof operand === 'string');
    if (wrong !== undefined) return `chooses from ${field.name} by a ${name.value} that is not ${wrong}`;
    filters.push({ name: name.value, kind, operands: operands as Operand[] });
  }
  return filters;
}

function isConstant(value: ValueNode): value is ConstValueNode {
  if (value.kind === Kind.VARIABLE) return false;
  if (value.kind === Kind.LIST) return value.values.every(isConstant);
  return value.kind !== Kind.OBJECT || value.fields.every((field) => isConstant(field.value));
}

function remedy({ name, type }: GraphQLArgument): string {
  if (getNamedType(type).name === 'DateTime')
    return 'give an instant, such as "2026-03-01T09:30:00Z", or a duration from now of 500 years at most, such as "-P30D"';
  const named = getNamedType(type);
  if (!isEnumType(named)) return `correct ${name}`;
  const names = named.getValues().map((value) => value.name);
  return `give ${names.length > MOST_NAMED ? `${names.slice(0, MOST_NAMED).join(', ')} or another` : names.join(' or ')}, without quotes`;
}
