import { defaultFieldResolver, GraphQLBoolean, GraphQLFloat, GraphQLID, GraphQLInt, GraphQLString, isNonNullType } from 'graphql';
import type { Container, Field, Place, Run } from './run.ts';

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

/**
 * The fields of a selection as generated code, in which what is merely read off the source and answered as it is takes one load and
 * one store; nearly all fields are such. Everything else about these, and all other fields, goes the general way.
 */
export function compileFields(fields: readonly Field[], general: General): ExecuteFields {
  const lines = fields.map((field, index) => {
    const usual = `if(!g(r,f[${index}],o,a,p))return false;`;
    const { type, resolve, args } = field.definition;
    const test = AS_IT_IS.get(isNonNullType(type) ? type.ofType : type);
    // Names are GraphQL names, of a validated document and a schema.
    if (!test || args.length > 0 || (resolve && resolve !== defaultFieldResolver)) return usual;
    const store = `a[${JSON.stringify(field.name)}]=`;
    const absent = isNonNullType(type) ? '' : `else if(v===null||v===undefined)${store}null;`;
    return `v=o[${JSON.stringify(field.definition.name)}];if(${test})${store}v;${absent}else ${usual}`;
  });
  const all = fields.map((_, index) => `if(!g(r,f[${index}],o,a,p))return false;`);
  const code = `"use strict";return function(r,o,a,p){if(typeof o!=='object'||o===null){${all.join('')}return true;}let v;${lines.join('\n')}return true;}`;
  return new Function('f', 'g', code)(fields, general) as ExecuteFields;
}
