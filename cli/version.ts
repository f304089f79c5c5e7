import { readFileSync } from 'node:fs';
import { installedFile } from '../kernel/installation.ts';

/** The version of this release, as package.json has it. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(installedFile('package.json'), 'utf8')) as { version: string };
  return version;
}
