import {
  defaultFieldResolver,
  GraphQLBoolean,
  type GraphQLEnumType,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  GraphQLString,
  getNullableType,
  isEnumType,
} from 'graphql';
import { type Container, type Field, FieldInfo, type Place, type Run } from './run.ts';

/** Executes one field in the general way. False: the object has to be null. */
type General = (run: Run, field: Field, source: unknown, answer: Container, place: Place) => boolean;

/** Executes all fields of an object. False: the object has to be null. */
export type ExecuteFields = (run: Run, source: unknown, answer: Container, place: Place) => boolean;

/** Of a value `v`: whether a built-in scalar answers it as it is. */
const AS_IT_IS: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [GraphQLString, "typeof v==='string'"],
  [GraphQLID, "typeof v==='string'"],
  [GraphQLBoolean, "typeof v==='boolean'"],
  [GraphQLInt, '(v|0)===v'],
  [GraphQLFloat, "typeof v==='number'&&v-v===0"],
]);

/** The values of an enum that are answered as they are: all of them, unless resolvers have others inside. */
export function ownNames(type: GraphQLEnumType): ReadonlySet<unknown> {
  return new Set(type.getValues().flatMap(({ name, value }) => (type.serialize(value) === value && name === value ? name : [])));
}

/**
 * The fields of a selection as generated code (see completion-code.ts). What is merely read off the source and answered as it is, as nearly all
 * fields are, takes one load and one store; what is resolved is completed by the field's own code. Everything else goes the general way.
 */
export function compileFields(fields: readonly Field[], general: General): ExecuteFields {
  const usual = (index: number) => `if(!g(r,f${index},o,a,p))return false;`;
  const lines = fields.map(({ name, definition, nullable }, index) => {
    const { type, resolve, args } = definition;
    // Names are GraphQL names, of a validated document and a schema.
    const key = JSON.stringify(name);
    const value = (expression: string) => `try{${expression}
if(typeof v==='object'&&v!==null&&typeof v.then==='function')r.later(v,f${index},c${index},${nullable},a,${key},p);
else if(!c${index}(r,v,a,${key},p))return false;}catch(error){if(!r.failed(error,f${index},${nullable},a,${key},p))return false;}`;
    if (resolve && resolve !== defaultFieldResolver)
      return value(`v=f${index}.definition.resolve(o,f${index}.args(r.variables),r.contextValue,new FieldInfo(r,f${index},p));`);
    if (args.length > 0) return usual(index);
    const read = `v=o[${JSON.stringify(definition.name)}];`;
    const leaf = getNullableType(type);
    const test = isEnumType(leaf) ? `e${index}.has(v)` : AS_IT_IS.get(leaf);
    if (!test) {
      const call = `v=o[${JSON.stringify(definition.name)}](f${index}.args(r.variables),r.contextValue,new FieldInfo(r,f${index},p));`;
      return value(`${read}if(typeof v==='function')${call}`);
    }
    const absent = nullable ? `else if(v===null||v===undefined)a[${key}]=null;` : '';
    return `${read}if(${test})a[${key}]=v;${absent}else ${usual(index)}`;
  });
  const all = fields.map((_, index) => usual(index));
  const own = fields.map((_, index) => `const f${index}=f[${index}],c${index}=f${index}.complete,e${index}=enums[${index}];`);
  const enums = fields.map(({ definition }) => {
    const type = getNullableType(definition.type);
    return isEnumType(type) ? ownNames(type) : undefined;
  });
  const code = `"use strict";${own.join('')}
return function(r,o,a,p){if(typeof o!=='object'||o===null){${all.join('')}return true;}let v;${lines.join('\n')}return true;}`;
  return new Function('f', 'g', 'FieldInfo', 'enums', code)(fields, general, FieldInfo, enums) as ExecuteFields;
}
