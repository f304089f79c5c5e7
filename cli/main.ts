import { Command } from 'commander';

const program = new Command('c360');
await program.parseAsync();
