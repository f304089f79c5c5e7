import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { evaluateNextBasket } from '../../../../cli/commands/evaluate-next-basket.ts';
import { historyOf } from '../../../../models/next-basket/baskets.ts';
import { evaluateRanker } from '../../../../models/next-basket/evaluation.ts';
import { NextBasketRanker } from '../../../../models/next-basket/ranker.ts';
import { trainNextBasket } from '../../../../models/next-basket/training.ts';

describe('an evaluation', () => {
  // Popular: milk 3, tea 2, jam 1. Everything fits into ten places, so every item of the history is found.
  const history = historyOf([
    ['ada', [['milk', 'tea'], ['milk']]],
    ['ben', [['milk', 'tea', 'jam']]],
  ]);
  const next = new Map([
    ['ada', ['milk', 'jam', 'never seen']],
    ['ben', []],
    ['cem', ['milk']],
  ]);
  const evaluation = evaluateRanker(history, next, new NextBasketRanker(trainNextBasket(history)), () => 0);

  it('counts customers with a history and a next basket, and what of it they had bought', () => {
    expect(evaluation).toMatchObject({ customers: 1, withoutHistory: 1, freshCustomers: 1 });
    expect(evaluation.repeatShare).toBeCloseTo(1 / 3, 10);
  });

  it('sets every method against the same target, items that nobody knows included', () => {
    // Milk first and jam third: DCG 1 + 1/2; ideal of three 2.1309.
    for (const { recall, ndcg } of evaluation.next) {
      expect(recall).toBeCloseTo(2 / 3, 10);
      expect(ndcg).toBeCloseTo(1.5 / 2.1309, 4);
    }
  });

  it('asks for new items what was never bought: jam is first of two', () => {
    const [discover] = evaluation.fresh;
    expect(discover!.recall).toBe(0.5);
    expect(discover!.ndcg).toBeCloseTo(1 / (1 + 1 / Math.log2(3)), 10);
  });
});

describe('c360 evaluate next-basket', () => {
  const folder = mkdtempSync(join(tmpdir(), 'c360-next-basket-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const write = (name: string, content: unknown) => {
    const file = join(folder, name);
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    return file;
  };
  const run = (history: unknown, future: unknown) => {
    const lines: string[] = [];
    evaluateNextBasket({ history: write('history.json', history), future: write('future.json', future) }, (line) => lines.push(line));
    return lines;
  };

  it('reads ids of both kinds, and the marks of beginning and end of published sets as no baskets', () => {
    const lines = run({ 7: [[-1], [1, 2], [1], [-1]] }, { 7: [[-1], ['1', 3], [-1]] });
    expect(lines[0]).toBe('1 customers, 2 baskets, 3 purchases of 2 items.');
    expect(lines.slice(4, 6)).toEqual([
      'Next basket of 1 customers; left out: 0 without a history, 0 without a basket to come, 0 first baskets to come that are empty (the next one counts).',
      '50.0 % of it was bought before:',
    ]);
  });

  it('takes the first basket to come that has anything in it, and counts whom it leaves out', () => {
    const lines = run(
      { ada: [['tea']], ben: [['tea']], cem: [['tea']], dan: [['tea']], eve: [[]] },
      { ada: [[], ['tea'], ['jam']], ben: [[]], dan: [], eve: [['jam']], fay: [['jam']] },
    );
    // Ada's tea counts, not the jam after it; Eve and Fay have no history; Ben, Cem and Dan nothing to come; Ada's and Ben's first is empty.
    expect(lines.slice(4, 6)).toEqual([
      'Next basket of 1 customers; left out: 2 without a history, 3 without a basket to come, 2 first baskets to come that are empty (the next one counts).',
      '100.0 % of it was bought before:',
    ]);
  });

  it('reads files that begin with a byte order mark', () => {
    expect(run('\uFEFF{"a": [["x"]]}', '\uFEFF{"a": [["x"]]}')[0]).toBe('1 customers, 1 baskets, 1 purchases of 1 items.');
  });

  it.each([
    [{ a: 'x' }, {}, 'history.json: key "a": is not a list of baskets'],
    [{ a: [['x'], 'y'] }, {}, 'history.json: key "a", basket 2: is not a list of items'],
    [{ a: [['x', null]] }, {}, 'history.json: key "a", basket 1, item 2: is not an item id'],
    [[], {}, 'history.json: is not an object of customers'],
    ['{', {}, 'history.json: is not JSON'],
    [{ a: [['x']] }, { a: [{}] }, 'future.json: key "a", basket 1: is not a list of items'],
    [{ a: [['x']] }, { b: [['x']] }, 'future.json: names no customer of '],
    [{ a: [['x']] }, { a: [[], []], b: [['x']] }, 'future.json: has nothing but empty baskets for the 1 customers whom '],
    [{ a: [[]] }, { a: [['x']] }, 'history.json: holds no basket with anything in it'],
  ])('names file and key of what it can not read: %j, %j', (history, future, problem) => {
    expect(() => run(history, future)).toThrow(problem);
  });

  it('names a file that is not there', () => {
    const flags = { history: join(folder, 'absent.json'), future: join(folder, 'absent.json') };
    expect(() => evaluateNextBasket(flags, () => undefined)).toThrow("absent.json: can't be opened (ENOENT)");
  });
});
