// The product runs from a bundle of its sources, because stripping types at every start costs more than all that follows. A bundle lies in
// dist/<digest of the sources>/, so there is none that could be stale: who looks for the bundle of these sources finds it, or makes it.
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Where a process or a thread begins, by the file's name in the bundle. A thread's is that of the .js file which starts it from sources. */
const ENTRIES = {
  main: 'cli/main.ts',
  'sqlite-writer': 'kernel/storage/sqlite-writer.ts',
  thread: 'gateway/engine/planning/worker.ts',
};

/** Folders without sources of the product; a name with a dot at its beginning is none either. */
const NO_SOURCES = new Set(['node_modules', 'dist', 'test', 'bench', 'docs', 'examples']);
/** What decides on the bundle besides the sources. */
const SETTINGS = ['cli/bundle.js', 'tsconfig.json', 'node_modules/esbuild/package.json'];

/** Bundles that are kept: processes of older sources may still load parts of theirs. */
const KEPT = 5;

/**
 * The folder with the bundle of the sources as they are, made where it is missing. Where the installation can't be written, the bundle is
 * made in a folder of this process, which is removed when the process ends.
 */
export async function currentBundle(root = ROOT) {
  const sources = sourcesOf(root);
  const name = digest(root, sources);
  const folder = join(root, 'dist', name);
  if (existsSync(folder)) return folder;
  const dist = writableDist(root);
  const made = mkdtempSync(join(dist, '.making-'));
  try {
    await build(root, made, new Set(sources));
    moveTo(join(dist, name), made);
    prune(dist, name);
    return join(dist, name);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

/** Paths of all TypeScript sources of the product, in one order everywhere. */
function sourcesOf(root) {
  const files = [];
  const look = (folder) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      if (entry.name.startsWith('.') || (folder === '' && NO_SOURCES.has(entry.name))) continue;
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) look(path);
      else if (extname(path) === '.ts') files.push(path);
    }
  };
  look('');
  return files.sort();
}

function digest(root, sources) {
  const hash = createHash('sha256');
  for (const path of [...SETTINGS, ...sources]) {
    const content = readFileSync(join(root, path));
    hash.update(`${path}\n${content.length}\n`).update(content);
  }
  return hash.digest('hex').slice(0, 24);
}

async function build(root, outdir, sources) {
  const esbuild = await import('esbuild');
  try {
    const { metafile } = await esbuild.build({
      absWorkingDir: root,
      entryPoints: ENTRIES,
      outdir,
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      // Libraries stay files of their own: a plugin shall meet the same graphql, and few of them are needed by any one command.
      packages: 'external',
      sourcemap: true,
      sourcesContent: false,
      metafile: true,
      logLevel: 'error',
    });
    const unseen = Object.keys(metafile.inputs).filter((path) => !sources.has(path));
    if (unseen.length > 0) throw new Error(`The bundle would not be made anew when these change: ${unseen.join(', ')}.`);
  } finally {
    // The compiler runs as a process of its own, which nobody needs any more.
    await esbuild.stop();
  }
}

/** Whoever made the same bundle first has made it for everybody. */
function moveTo(target, made) {
  try {
    renameSync(made, target);
  } catch (error) {
    if (!existsSync(target)) throw error;
  }
}

function prune(dist, current) {
  const madeAt = (name) => statSync(join(dist, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const others = readdirSync(dist).filter((name) => /^[0-9a-f]{24}$/.test(name) && name !== current);
  for (const name of others.sort((a, b) => madeAt(b) - madeAt(a)).slice(KEPT - 1))
    rmSync(join(dist, name), { recursive: true, force: true });
}

function writableDist(root) {
  const dist = join(root, 'dist');
  try {
    mkdirSync(dist, { recursive: true });
    accessSync(dist, constants.W_OK);
    return dist;
  } catch {
    return temporaryDist(root);
  }
}

/** Beside links to all that is installed, so that the bundle finds its libraries and the contract. Random, so that nobody else can have put anything there. */
function temporaryDist(root) {
  const folder = mkdtempSync(join(tmpdir(), 'c360-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const name of readdirSync(root)) if (name !== 'dist') symlinkSync(join(root, name), join(folder, name));
  mkdirSync(join(folder, 'dist'));
  return join(folder, 'dist');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await currentBundle();
