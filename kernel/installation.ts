import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that this is installed in: the nearest one with a package.json, above a source as above the bundle of the sources. */
function rootAbove(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('No package.json stands above this file.');
  return rootAbove(parent);
}

const root = rootAbove(dirname(fileURLToPath(import.meta.url)));

/** The absolute path of a file that is installed beside the sources, such as `schema/api.graphql`. */
export function installedFile(path: string): string {
  return join(root, path);
}
