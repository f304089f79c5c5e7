import { parse, print } from 'graphql';
import { describe, expect, it } from 'vitest';
import { ownSelections, resolvableKeysFirst } from '../../gateway/engine/planning/supergraph-keys.ts';

const supergraph = parse(`
type A
  @join__type(graph: B, key: "pId", resolvable: false)
  @join__type(graph: B, key: "id place { x }")
  @join__type(graph: C, key: "code", resolvable: true)
{
  id: ID!
  total(in: String): Int
  worth: Int @join__field(graph: C, requires: "total(in: \\"EUR\\") ... on A { tax { rate } }")
  seen: Int @join__field(graph: C, contextArguments: [{context: "c", name: "n", type: "Int", selection: " { owner { level } }"}])
  other: Int @join__field(graph: C, provides: "given") @unknown(key: "never")
}
interface I @join__type(graph: C, key: "one", resolvable: false) @join__type(graph: B, key: "two") { one: ID two: ID }
`);

describe('the keys of a supergraph', () => {
  it('stand with those first that the subgraph resolves', () => {
    expect(print(resolvableKeysFirst(supergraph)).match(/(?<=key: ")[^"]+(?=")/g)).toEqual([
      ...['id place { x }', 'code', 'pId'],
      'never',
      ...['two', 'one'],
    ]);
  });

  it('are known by name, with all that @requires and @fromContext ask for, so that no alias of a client takes their place', () => {
    expect([...ownSelections(supergraph)].sort()).toEqual(
      ['__typename', 'pId', 'id', 'place', 'x', 'code', 'total', 'tax', 'rate', 'owner', 'level', 'one', 'two'].sort(),
    );
  });
});
