import type { IncomingMessage, ServerResponse } from 'node:http';
import type * as Library from '@graphql-yoga/render-graphiql/graphiql';
import { send } from '../../kernel/http-server.ts';

const startScript = (example: string) => `
const worker = { editorWorkerService: 'editor', json: 'json', graphql: 'graphql' };
self.MonacoEnvironment = { globalAPI: false, getWorkerUrl: (_, label) => '/graphiql/' + worker[label] + '.worker.js' };
YogaGraphiQL.renderYogaGraphiQL(document.querySelector('#root'), {
  endpoint: '/graphql',
  title: 'Customer 360',
  defaultQuery: ${JSON.stringify(example)},
});
`;

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Customer 360</title>
    <link rel="stylesheet" href="/graphiql/graphiql.css">
  </head>
  <body id="body" class="no-focus-outline">
    <noscript>GraphiQL needs JavaScript.</noscript>
    <div id="root"></div>
    <script src="/graphiql/graphiql.js"></script>
    <script src="/graphiql/start.js"></script>
  </body>
</html>
`;

/** Everything comes from this server; the editor sets styles from script, hence 'unsafe-inline' for those alone. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const SCRIPT = 'text/javascript; charset=utf-8';
const FILES: Readonly<Record<string, readonly [type: string, part: Exclude<keyof typeof Library, 'default'>]>> = {
  '/graphiql/graphiql.js': [SCRIPT, 'js'],
  '/graphiql/graphiql.css': ['text/css; charset=utf-8', 'css'],
  '/graphiql/editor.worker.js': [SCRIPT, 'editorWorkerService'],
  '/graphiql/json.worker.js': [SCRIPT, 'jsonWorker'],
  '/graphiql/graphql.worker.js': [SCRIPT, 'graphqlWorker'],
};

/** Its files are 9 MB of text, which take 60 MB: not before a browser asks for one. */
function library(): Promise<typeof Library> {
  return import('@graphql-yoga/render-graphiql/graphiql');
}

/** Answers a request when it is a browser's that looks at `/` or `/graphql`, or is for a file of the page; false for any other. */
export type Explorer = (request: IncomingMessage, response: ServerResponse, path: string) => boolean;

/** GraphiQL with `example` as its first query. */
export function graphiql(example: string): Explorer {
  const sendFile = (response: ServerResponse, type: string, content: string) => {
    response.setHeader('cache-control', 'public, max-age=86400');
    send(response, 200, type, content);
  };
  return (request, response, path) => {
    if (request.method !== 'GET') return false;
    if (path === '/') {
      response.writeHead(302, { location: '/graphql', 'content-length': 0 }).end();
      return true;
    }
    if (path === '/graphiql/start.js') {
      sendFile(response, SCRIPT, startScript(example));
      return true;
    }
    const file = FILES[path];
    if (file) {
      const [type, part] = file;
      library().then(
        (parts) => sendFile(response, type, parts[part]),
        () => send(response, 500, 'text/plain; charset=utf-8', 'GraphiQL is not installed. Run `npm ci`.'),
      );
      return true;
    }
    // A query by GET names what it accepts; a browser's address bar asks for text/html.
    if (path !== '/graphql' || !/\btext\/html\b/.test(request.headers.accept ?? '')) return false;
    response.setHeader('content-security-policy', POLICY);
    response.setHeader('referrer-policy', 'no-referrer');
    response.setHeader('cache-control', 'no-store');
    send(response, 200, 'text/html; charset=utf-8', PAGE);
    return true;
  };
}
