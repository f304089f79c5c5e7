// Node 20 runs no TypeScript, and a worker does not inherit the loader of the thread that starts it.
import { register } from 'tsx/esm/api';

register();
await import('./worker.ts');
