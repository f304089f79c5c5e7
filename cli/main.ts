import { Command } from 'commander';
import { OperatorError } from '../kernel/errors.ts';
import { registerEvaluate } from './evaluate.ts';
import { registerGateway } from './gateway.ts';
import { registerIngest } from './ingest.ts';
import { registerQuarantine } from './quarantine.ts';
import { registerSeed } from './seed.ts';
import { registerSegments } from './segments.ts';
import { registerServe } from './serve.ts';
import { registerStart } from './start.ts';
import { registerTrain } from './train.ts';

const program = new Command('c360').description('Customer 360: one Customer from every system, over one graph.');
registerStart(program);
registerServe(program);
registerGateway(program);
registerIngest(program);
registerQuarantine(program);
registerSeed(program);
registerTrain(program);
registerSegments(program);
registerEvaluate(program);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof OperatorError)) throw error;
  console.error(error.message);
  process.exitCode ??= 1;
}
