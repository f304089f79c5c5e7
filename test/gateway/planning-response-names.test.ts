import { parse, print, stripIgnoredCharacters } from 'graphql';
import { describe, expect, it } from 'vitest';
import { withoutClashes } from '../../gateway/engine/planning/response-names.ts';

const own = new Set(['id', 'owner', '__typename']);
const renamed = (query: string) => {
  const { document, renames } = withoutClashes(parse(query), own);
  return { query: stripIgnoredCharacters(print(document)), renames: Object.fromEntries(renames) };
};

describe('the response names of a client', () => {
  it('are left as they are when they are names of the fields themselves or of nothing that the gateway selects', () => {
    const document = parse('{ customer { id: id owner number: name } }');
    expect(withoutClashes(document, own)).toEqual({ document, renames: new Map() });
    expect(withoutClashes(document, own).document).toBe(document);
  });

  it('give way where the gateway selects another field under that name, in fragments as well', () => {
    expect(
      renamed('{ customer { id: name ...F } } fragment F on Customer { id: name orders { owner: number { x } __typename: number } }'),
    ).toEqual({
      query:
        '{customer{_client__id:name ...F}}fragment F on Customer{_client__id:name orders{_client__owner:number{x}_client____typename:number}}',
      renames: { _client__id: 'id', _client__owner: 'owner', _client____typename: '__typename' },
    });
  });

  it('give way to the names that the gateway and the planner make up', () => {
    expect(renamed('{ _client__id: a _requires__price_0: b name__alias_0: c name_alias: d }')).toEqual({
      query: '{_client___client__id:a _client___requires__price_0:b _client__name__alias_0:c name_alias:d}',
      renames: {
        _client___client__id: '_client__id',
        _client___requires__price_0: '_requires__price_0',
        _client__name__alias_0: 'name__alias_0',
      },
    });
  });

  it('and variables give way to the variable that the planner makes up', () => {
    expect(renamed('query($representations: Int, $n: Int, $_client__n: Int) { a(n: $representations, m: [$n, $_client__n]) }')).toEqual({
      query:
        'query($_client__representations:Int$n:Int$_client___client__n:Int){a(n:$_client__representations m:[$n$_client___client__n])}',
      renames: {},
    });
  });
});
