import { readFileSync } from 'node:fs';
import { buildSchema, type FormattedExecutionResult } from 'graphql';
import { readScalars } from '../../gateway/engine/scalar-readers.ts';
import { installedFile } from '../../kernel/installation.ts';
import type { MergedView } from '../../kernel/merged-view.ts';
import { scalars } from '../../kernel/scalars.ts';

/** The graph behind a gateway of another process, by the contract that this release has. */
export function gatewayView(url: URL, deadlineMs: number): MergedView {
  const schema = buildSchema(readFileSync(installedFile('schema/api.graphql'), 'utf8'), { assumeValid: true });
  readScalars(schema, scalars);
  return {
    schema,
    async ask(query, variables) {
      const response = await asked(url, {
        method: 'POST',
        redirect: 'error',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify({ query, variables }),
        signal: AbortSignal.timeout(deadlineMs),
      });
      if (!response.ok) throw new Error(`The gateway (C360_GATEWAY_URL) answered ${response.status}.`);
      const answer: unknown = await response.json();
      if (!isAnswer(answer)) throw new Error('What answered is no gateway (C360_GATEWAY_URL).');
      return answer;
    },
  };
}

async function asked(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (fault) {
    // What fetch throws tells why in its cause.
    const cause = fault instanceof Error && fault.cause instanceof Error ? fault.cause : fault;
    throw new Error('The gateway (C360_GATEWAY_URL) could not be asked.', { cause });
  }
}

function isAnswer(answer: unknown): answer is FormattedExecutionResult {
  if (answer === null || typeof answer !== 'object' || !('data' in answer || 'errors' in answer)) return false;
  return !('errors' in answer) || Array.isArray(answer.errors);
}
