import type { ModelKind } from '../../training/kinds.ts';
import { type Material, train } from '../../training/training.ts';
import { chosen, described, storeOf, withShelves } from '../runtime/model-session.ts';
import type { OpenSubgraphs } from '../runtime/open-subgraphs.ts';
import { EXIT_INTERRUPTED, interruption, printJson } from '../runtime/output.ts';
import { readingProgress } from '../runtime/progress.ts';

interface Flags {
  readonly json?: boolean;
  readonly config?: string;
}

/** `c360 train [kind...]`: trains on what is stored, and uses what was trained from then on. */
export function trainModels(kinds: readonly ModelKind[], { json = false, config }: Flags): Promise<void> {
  return withShelves(config, (opened) => trainAll(kinds, json, opened));
}

async function trainAll(kinds: readonly ModelKind[], json: boolean, opened: OpenSubgraphs): Promise<void> {
  const signal = interruption();
  const facts = Object.assign({}, ...[...opened.subgraphs.values()].map((subgraph) => subgraph.facts)) as Material;
  for (const name of chosen(kinds)) {
    const progress = readingProgress(name);
    try {
      const options = { material: facts, directory: opened.directory, now: Date.now(), onRead: progress.read, signal };
      const result = await train(name, storeOf(name, opened), options);
      progress.stop();
      if (json) printJson({ kind: name, ...result });
      else console.log('refused' in result ? `${name}: not trained. ${result.refused}` : described(name, result, result.used));
      if ('refused' in result) process.exitCode = kinds.length > 0 ? 1 : process.exitCode;
      else if (!result.used) console.error(`Another version of ${name} was chosen while this one was trained, and stays in use.`);
    } catch (error) {
      progress.stop();
      if (!signal.aborted) throw error;
      process.exitCode = EXIT_INTERRUPTED;
      console.error(`Stopped. Nothing was kept of ${name}; the version in use before is in use still.`);
      return;
    }
  }
}
