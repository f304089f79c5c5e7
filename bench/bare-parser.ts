/** The peer of bench/ingest: csv-parse over the file, keeping nothing. Prints `{"read": rows}`. */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';

const file = process.argv[2] ?? '';
const bytes = createReadStream(file);
const records = (file.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes).pipe(parse({ columns: true, bom: true }));
let read = 0;
for await (const _ of records) read++;
console.log(JSON.stringify({ read }));
