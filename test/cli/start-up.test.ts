import { spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'c360-start-up-'));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(launcher: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const child = spawn(process.execPath, [launcher, ...args], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
}

/** An installation with the launcher and this for `cli/main.ts`; its libraries are those of the project. */
function installation(main: string) {
  const root = join(scratch, 'installation');
  mkdirSync(join(root, 'cli'), { recursive: true });
  for (const file of ['package.json', 'tsconfig.json', 'cli/c360.js', 'cli/bundle.js']) cpSync(join(ROOT, file), join(root, file));
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  for (const [, thread = ''] of readFileSync(join(ROOT, 'cli/bundle.js'), 'utf8').matchAll(/: '([a-z/-]+\.ts)',$/gm)) {
    mkdirSync(dirname(join(root, thread)), { recursive: true });
    writeFileSync(join(root, thread), 'export {};\n');
  }
  writeFileSync(join(root, 'cli/main.ts'), main);
  return {
    root,
    write: (text: string, path = 'cli/main.ts') => writeFileSync(join(root, path), text),
    start: (env?: Readonly<Record<string, string>>) => run(join(root, 'cli/c360.js'), [], env),
    bundles: () => readdirSync(join(root, 'dist')),
  };
}

const says = (word: string) => `const word: string = '${word}';\nconsole.log(word);\n`;

describe('the launcher', { timeout: 60_000 }, () => {
  it('runs the sources as they are, whatever their times say, and makes a bundle once', async () => {
    const { root, start, write, bundles } = installation(says('one'));
    expect(await start()).toEqual({ code: 0, stdout: 'one\n', stderr: '' });
    const [first = ''] = bundles();
    const made = statSync(join(root, 'dist', first, 'main.js')).mtimeMs;
    expect((await start()).stdout).toBe('one\n');
    expect([bundles(), statSync(join(root, 'dist', first, 'main.js')).mtimeMs]).toEqual([[first], made]);
    const { atime, mtime } = statSync(join(root, 'cli/main.ts'));
    write(says('two'));
    utimesSync(join(root, 'cli/main.ts'), atime, mtime);
    expect((await start()).stdout).toBe('two\n');
    write(says('one'));
    expect((await start()).stdout).toBe('one\n');
    expect(bundles()).toHaveLength(2);
  });

  it('notices a change of any source that it may hold', async () => {
    const { root, start, write } = installation("import { word } from '../kernel/deep/word.ts';\nconsole.log(word);\n");
    mkdirSync(join(root, 'kernel/deep'), { recursive: true });
    write("export const word = 'deep';\n", 'kernel/deep/word.ts');
    expect((await start()).stdout).toBe('deep\n');
    write("export const word = 'deeper';\n", 'kernel/deep/word.ts');
    expect((await start()).stdout).toBe('deeper\n');
  });

  it('holds no source whose change it would not notice', async () => {
    const { root, start, write } = installation("import '../bench/word.ts';\n");
    mkdirSync(join(root, 'bench'));
    write("console.log('unseen');\n", 'bench/word.ts');
    const { code, stdout, stderr } = await start();
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch('The bundle would not be made anew when these change: bench/word.ts.');
  });

  it('gives the same bundle to all that start at once, and leaves nothing else', async () => {
    const { start, bundles } = installation(says('together'));
    const all = await Promise.all(Array.from({ length: 4 }, () => start()));
    expect(all).toEqual(Array.from({ length: 4 }, () => ({ code: 0, stdout: 'together\n', stderr: '' })));
    expect(bundles()).toEqual([expect.stringMatching(/^[0-9a-f]{24}$/)]);
  });

  it('makes a bundle of its own where the installation can not be written, and removes it', async () => {
    const temporary = join(scratch, 'tmp');
    mkdirSync(temporary);
    const { root, start } = installation(
      "import { parse } from 'graphql';\nconsole.log(parse('{ id }').kind);\nconsole.log(import.meta.url);\n",
    );
    // Nobody, not even a superuser, makes a folder in the place of a file.
    writeFileSync(join(root, 'dist'), '');
    const { code, stdout, stderr } = await start({ TMPDIR: temporary });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(new RegExp(`^Document\nfile://${temporary}/c360-[^/]+/dist/[0-9a-f]{24}/main.js\n$`));
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('names the source and the line of a fault', async () => {
    const { root, start } = installation(
      "interface Wide {\n  readonly word: string;\n}\nexport const wide: Wide = { word: 'x' };\nthrow new Error('planted');\n",
    );
    const { code, stderr } = await start();
    expect(code).toBe(1);
    expect(stderr).toMatch(`${root}/cli/main.ts:5`);
    expect(stderr).not.toMatch(/dist\/[0-9a-f]+\/main\.js:/);
  });
});

describe('c360', { timeout: 60_000 }, () => {
  const launcher = join(ROOT, 'cli/c360.js');

  it('prints the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(await run(launcher, ['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  /** The files that the command loads. */
  async function loadedBy(...args: readonly string[]): Promise<readonly string[]> {
    await run(launcher, args, { NODE_V8_COVERAGE: scratch });
    const [report = ''] = readdirSync(scratch);
    const { result } = JSON.parse(readFileSync(join(scratch, report), 'utf8')) as { result: readonly { url: string }[] };
    return result.flatMap(({ url }) => (url.startsWith('file:') ? fileURLToPath(url) : []));
  }

  it.each([['--help'], ['serve', '--help'], ['ingest', '--no-such-option', 'file.csv']])(
    'loads no command and no library but the one for command lines: %s %s',
    async (...args) => {
      const files = await loadedBy(...args);
      const libraries = files.flatMap((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []);
      expect([...new Set(libraries)]).toEqual(['commander']);
      const commands = readdirSync(join(ROOT, 'cli/commands')).map((file) => basename(file, '.ts'));
      const loaded = files.map((file) => basename(file).replace(/-[A-Z0-9]{8}\.js$/, ''));
      expect(loaded).toContain('main.js');
      expect(loaded.filter((name) => commands.includes(name))).toEqual([]);
    },
  );

  it('runs threads of the bundle, and strips no types in any process', async () => {
    const main = (await loadedBy('--version')).find((file) => basename(file) === 'main.js');
    const folder = dirname(String(main));
    const texts = readdirSync(folder)
      .filter((name) => name.endsWith('.js'))
      .map((name) => readFileSync(join(folder, name), 'utf8'));
    const threads = texts.flatMap((text) => [...text.matchAll(/new Worker\(new URL\("\.\/([^"]+)"/g)].map(([, file]) => file));
    expect(threads).toHaveLength(2);
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(threads));
    expect(texts.filter((text) => /from ?["']tsx|import\(["']tsx/.test(text))).toEqual([]);
  });
});
