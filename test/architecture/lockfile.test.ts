import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
const { packages } = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')) as {
  readonly packages: Readonly<Record<string, Locked>>;
};

it('names no registry, so that any mirror can serve it', () => {
  expect(Object.entries(packages).filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
});

/** Where Node looks for `name` from `path`, nearest first. */
function* placesOf(name: string, path: string): Generator<string> {
  for (let from = path; ; from = from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/')))) {
    yield `${from === '' ? '' : `${from}/`}node_modules/${name}`;
    if (from === '') return;
  }
}

// `npm install` leaves out a platform's package that its registry does not carry, and then `npm ci` refuses the lockfile.
it('holds the packages of every platform', () => {
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => ![...placesOf(name, path)].some((place) => packages[place]?.version !== undefined)),
  );
  expect(missing).toEqual([]);
});
