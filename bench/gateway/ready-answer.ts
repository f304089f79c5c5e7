/** The limit: JSON.stringify of an answer that is ready as an object, behind bare node:http. `node ready-answer.ts WORKLOAD`, PORT from the environment. */
import { createServer } from 'node:http';
import { workload } from './workloads.ts';

const answers = new Map(workload(process.argv[2] ?? '').asked.map(({ body, answer }) => [body, answer]));

createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answers.get(Buffer.concat(chunks).toString()) ?? null));
  });
}).listen(Number(process.env.PORT), '127.0.0.1');
