#!/usr/bin/env node
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { currentBundle } from './bundle.js';

// Stack traces name the sources.
process.setSourceMapsEnabled(true);
await import(pathToFileURL(join(await currentBundle(), 'main.js')).href);
