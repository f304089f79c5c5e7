import {
  defaultFieldResolver,
  GraphQLBoolean,
  type GraphQLEnumType,
  type GraphQLField,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  GraphQLString,
  getNullableType,
  isEnumType,
  isNonNullType,
  isScalarType,
} from 'graphql';
import { type Container, type Field, FieldInfo, type Place, type Run } from './run.ts';

type Definition = GraphQLField<unknown, unknown>;

/** Executes all fields of an object. False: the object has to be null. */
export type ExecuteFields = (run: Run, source: unknown, answer: Container, place: Place) => boolean;

/** Of a value `v`: whether a built-in scalar answers it as it is. */
const AS_IT_IS: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [GraphQLString, "typeof v==='string'"],
  [GraphQLID, "typeof v==='string'"],
  [GraphQLBoolean, "typeof v==='boolean'"],
  [GraphQLInt, "typeof v==='number'&&(v|0)===v"],
  [GraphQLFloat, "typeof v==='number'&&v-v===0"],
]);

const namesOfEnums = new WeakMap<GraphQLEnumType, ReadonlySet<unknown>>();

/** The values of an enum that are answered as they are: all of them, unless resolvers have others inside. */
export function ownNames(type: GraphQLEnumType): ReadonlySet<unknown> {
  let names = namesOfEnums.get(type);
  if (!names) {
    names = new Set(type.getValues().flatMap(({ name, value }) => (type.serialize(value) === value && name === value ? name : [])));
    namesOfEnums.set(type, names);
  }
  return names;
}

/** What the fields of a source that is no object are read from. */
const NO_SOURCE: object = Object.freeze(Object.create(null));

/**
 * The fields of a selection as generated code (see completion-code.ts). The usual value of a leaf, as nearly all fields are, is put into the answer
 * after one test; all else is completed by the field's own code.
 */
export function compileFields(fields: readonly Field[]): ExecuteFields {
  const own = fields.map((_, i) => `const f${i}=f[${i}],c${i}=f${i}.complete,l${i}=leaves[${i}];`);
  const leaves = fields.map(({ definition }) => {
    const type = getNullableType(definition.type);
    return isEnumType(type) ? ownNames(type) : type;
  });
  const lines = fields.map(({ name, nullable, definition }, i) => {
    // A GraphQL name, as those of the schema are.
    const key = JSON.stringify(name);
    return `try{${read(definition, i)}
${stored(definition, i, `a[${key}]`)}if(typeof v==='object'&&v!==null&&typeof v.then==='function')r.later(v,f${i},c${i},${nullable},a,${key},p);
else if(!c${i}(r,v,a,${key},p))return false;}catch(error){if(!r.failed(error,f${i},${nullable},a,${key},p))return false;}`;
  });
  const code = `"use strict";${own.join('')}
return function(r,o,a,p){const s=typeof o==='object'&&o!==null||typeof o==='function'?o:NO_SOURCE;let v,w;
${lines.join('\n')}
return true;}`;
  return new Function('f', 'leaves', 'FieldInfo', 'NO_SOURCE', code)(fields, leaves, FieldInfo, NO_SOURCE) as ExecuteFields;
}

/** Code that gets `v`, the value of field `i`. */
function read({ name, resolve, args }: Definition, i: number): string {
  const rest = `f${i}.args(r.variables),r.contextValue,new FieldInfo(r,f${i},p)`;
  if (resolve && resolve !== defaultFieldResolver) return `v=f${i}.definition.resolve(o,${rest});`;
  // As graphql-js's default resolver does it; arguments that nobody reads are looked at all the same, for they may be wrong.
  const look = args.length > 0 ? `f${i}.args(r.variables);` : '';
  const property = `s[${JSON.stringify(name)}]`;
  return `${look}v=${property};if(typeof v==='function')v=${property}(${rest});`;
}

/** Code that answers `v` where it is a usual value of a leaf, and goes on with an `else`; none for a field that is no leaf. */
function stored({ type }: Definition, i: number, target: string): string {
  const leaf = getNullableType(type);
  const asItIs = isEnumType(leaf) ? `l${i}.has(v)` : AS_IT_IS.get(leaf);
  if (!asItIs && !isScalarType(leaf)) return '';
  const usual = asItIs
    ? `if(${asItIs})${target}=v;else `
    : // What is serialized as nothing is an error, which the general way names.
      `if((typeof v==='string'||typeof v==='number')&&(w=l${i}.serialize(v))!==null&&w!==undefined)${target}=w;else `;
  return isNonNullType(type) ? usual : `${usual}if(v===null||v===undefined)${target}=null;else `;
}
