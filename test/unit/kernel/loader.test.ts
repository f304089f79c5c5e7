import { describe, expect, it, vi } from 'vitest';
import { loader, loaderByArguments } from '../../../kernel/loader.ts';

const twice = () => vi.fn(async (keys: readonly number[]) => keys.map((key) => key * 2));

describe('a loader', () => {
  it('asks once for what is asked in one turn, however many promises lie between', async () => {
    const batch = twice();
    const numbers = loader(batch);
    const later = async () => {
      for (let i = 0; i < 10; i++) await null;
      return numbers.load(3);
    };
    expect(await Promise.all([numbers.load(1), later(), numbers.load(2), numbers.load(1)])).toEqual([2, 6, 4, 2]);
    expect(batch.mock.calls).toEqual([[[1, 2, 3]]]);
  });

  it('answers a key that it knows without asking, until it is told to forget', async () => {
    const batch = twice();
    const numbers = loader(batch);
    await Promise.all([numbers.load(1), numbers.load(2)]);
    expect(await numbers.load(1)).toBe(2);
    expect(await numbers.clear(1).load(1)).toBe(2);
    numbers.clearAll();
    expect(await Promise.all([numbers.load(1), numbers.load(2)])).toEqual([2, 4]);
    expect(batch.mock.calls).toEqual([[[1, 2]], [[1]], [[1, 2]]]);
  });

  it('takes keys of equal text for one', async () => {
    const batch = vi.fn(async (keys: readonly { id: string }[]) => keys.map(({ id }) => id.toUpperCase()));
    const texts = loader(batch, ({ id }) => id);
    expect(await Promise.all([texts.load({ id: 'a' }), texts.load({ id: 'a' })])).toEqual(['A', 'A']);
    expect(batch.mock.calls).toEqual([[[{ id: 'a' }]]]);
  });

  it('gives a batch at most 100 keys', async () => {
    const batch = twice();
    const numbers = loader(batch);
    const keys = Array.from({ length: 250 }, (_, i) => i);
    expect(await Promise.all(keys.map((key) => numbers.load(key)))).toEqual(keys.map((key) => key * 2));
    expect(batch.mock.calls.map(([asked]) => asked.length)).toEqual([100, 100, 50]);
  });

  it('fails one key by an Error in its place, and remembers it', async () => {
    const batch = vi.fn(async (keys: readonly number[]) => keys.map((key) => (key === 2 ? new Error('no two') : key)));
    const numbers = loader(batch);
    expect(await Promise.allSettled([numbers.load(1), numbers.load(2)])).toMatchObject([{ value: 1 }, { reason: { message: 'no two' } }]);
    await expect(numbers.load(2)).rejects.toThrow('no two');
    expect(batch).toHaveBeenCalledTimes(1);
  });

  it('fails all keys of a batch that fails or answers too little, and asks again next time', async () => {
    const batch = vi.fn(twice());
    batch.mockRejectedValueOnce(new Error('down')).mockResolvedValueOnce([2]);
    const numbers = loader(batch);
    expect(await Promise.allSettled([numbers.load(1), numbers.load(2)])).toMatchObject([
      { reason: { message: 'down' } },
      { reason: { message: 'down' } },
    ]);
    expect(await Promise.allSettled([numbers.load(1), numbers.load(2)])).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
    batch.mockResolvedValueOnce(undefined as unknown as number[]);
    await expect(numbers.load(1)).rejects.toThrow(TypeError);
    expect(await numbers.load(1)).toBe(2);
  });

  it('by arguments asks once for each set of arguments', async () => {
    const batch = vi.fn(async ({ by }: { by: number }, keys: readonly number[]) => keys.map((key) => key * by));
    const products = loaderByArguments(batch);
    expect(await Promise.all([products({ by: 2 }).load(1), products({ by: 3 }).load(1), products({ by: 2 }).load(2)])).toEqual([2, 3, 4]);
    expect(batch.mock.calls).toEqual([
      [{ by: 2 }, [1, 2]],
      [{ by: 3 }, [1]],
    ]);
  });
});
