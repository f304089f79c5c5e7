import { type Complete, type Container, isThenable, lost, Place, type SelectedField } from './run.ts';
import type { Selection } from './selection.ts';

/*
 * What completes objects and lists is generated: every field gets code of its own, in which the engine that runs it sees one selection and one kind of
 * value, and puts the code of what is below in line. Closures over common code would share what is known of their calls, which then is that they may be anything.
 */

const NOTHING = () => {};

/** Nobody waits for the rest of a list, and a promise that fails unheard would end the process. */
export function abandon(list: readonly unknown[], from: number): void {
  for (let i = from; i < list.length; i++) {
    const item = list[i];
    if (isThenable(item)) Promise.resolve(item).catch(NOTHING);
  }
}

interface ObjectParts {
  readonly field: SelectedField;
  readonly nullable: boolean;
  /** Compiles what is selected of the object, when the first one is met. */
  readonly select: () => Selection;
  /** Answers null, or throws. */
  readonly none: (field: SelectedField, nullable: boolean, container: Container, key: string | number) => boolean;
}

/** Completes what resolved to an object, or to none. */
export function compileObject(parts: ObjectParts): Complete {
  return new Function('parts', 'Place', 'lost', OBJECT)(parts, Place, lost) as Complete;
}

const OBJECT = `"use strict";
const {field,nullable,select,none}=parts;
const type=field.parent.name;
let s;
return function(r,v,a,k,p){
  if(v===null||v===undefined)return none(field,nullable,a,k);
  if(v instanceof Error)throw v;
  if(s===undefined)s=select();
  const b=new s.Answer(),q=new Place(p,a,k,typeof k==='string'?type:undefined,nullable);
  a[k]=b;
  return s.execute(r,v,b,q)||lost(q);
}`;

interface ArrayParts {
  readonly field: SelectedField;
  readonly nullable: boolean;
  readonly nullableItems: boolean;
  /** Completes an item that has arrived. */
  readonly complete: Complete;
}

/** Completes what resolved to an array. */
export function compileArray(parts: ArrayParts): Complete {
  return new Function('parts', 'Place', 'lost', 'abandon', ARRAY)(parts, Place, lost, abandon) as Complete;
}

const ARRAY = `"use strict";
const {field,nullable,nullableItems,complete}=parts;
const type=field.parent.name;
return function(r,v,a,k,p){
  const items=new Array(v.length),q=new Place(p,a,k,typeof k==='string'?type:undefined,nullable);
  a[k]=items;
  let i=0;
  for(;i<v.length;i++){
    const w=v[i];
    let kept=true;
    try{
      if(typeof w==='object'&&w!==null&&typeof w.then==='function')r.later(w,field,complete,nullableItems,items,i,q);
      else kept=complete(r,w,items,i,q);
    }catch(error){kept=r.failed(error,field,nullableItems,items,i,q);}
    if(!kept){abandon(v,i+1);return lost(q);}
  }
  // a resolver took some away meanwhile
  items.length=i;
  return true;
}`;
