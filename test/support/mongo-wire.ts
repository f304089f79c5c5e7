import { connect, createServer, type Socket } from 'node:net';
import { BSON } from 'mongodb';

/** Commands that an operation of the store is made of; everything else (handshakes, heartbeats) passes uncounted. */
const COUNTED = new Set(['find', 'aggregate', 'insert', 'update', 'delete', 'findAndModify']);

const OP_MSG = 2013;

/** A wire between a MongoDB client and its server that can be cut, or held up, at a chosen command. */
export interface Wire {
  /** What a client connects to. */
  readonly uri: string;
  /** Commands that reached the server since the last `cutAt` or `holdAt`. */
  readonly commands: readonly BSON.Document[];
  /** Their names. */
  names(): readonly string[];
  /**
   * Lets `count` more commands through. Then the wire is dead, as if the client's process had been killed: before the next command
   * reached the server (`before`), or after it was carried out and before its answer came back (`after`).
   */
  cutAt(count: number, when: 'before' | 'after'): void;
  /** Lets `count` more commands through and keeps the next one back; answers when it is there, with what lets it go. */
  holdAt(count: number): Promise<() => void>;
  close(): Promise<void>;
}

/** The command in a message of the wire protocol; its name is that of its first field. Null for other messages. */
function commandOf(message: Buffer): BSON.Document | null {
  return message.readInt32LE(12) === OP_MSG && message[20] === 0
    ? BSON.deserialize(message.subarray(21, 21 + message.readInt32LE(21)))
    : null;
}

const nameOf = (command: BSON.Document) => Object.keys(command)[0] ?? '';

/** A wire to the first host of `target`, uncut. */
export async function wireTo(target: string): Promise<Wire> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let left = Number.POSITIVE_INFINITY;
  let when: 'before' | 'after' = 'before';
  let dead = false;
  let hold: ((release: () => void) => void) | undefined;
  const commands: BSON.Document[] = [];

  const cut = () => {
    dead = true;
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };

  const server = createServer((client) => {
    if (dead) return void client.destroy();
    const upstream = connect(Number(port || 27017), hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        client.destroy();
        upstream.destroy();
      });
    }
    let waiting = Buffer.alloc(0);
    let last = false;
    client.on('data', (bytes) => {
      waiting = Buffer.concat([waiting, bytes]);
      while (!dead && waiting.length >= 4 && waiting.length >= waiting.readInt32LE(0)) {
        const message = waiting.subarray(0, waiting.readInt32LE(0));
        waiting = waiting.subarray(message.length);
        const command = commandOf(message);
        if (command !== null && COUNTED.has(nameOf(command))) {
          if (left === 0 && hold) {
            hold(() => upstream.write(message));
            hold = undefined;
            left = Number.POSITIVE_INFINITY;
            commands.push(command);
            continue;
          }
          if (left === 0 && when === 'before') return cut();
          if (left === 0) last = true;
          left -= 1;
          commands.push(command);
        }
        upstream.write(message);
      }
    });
    upstream.on('data', (bytes) => {
      if (last) cut();
      else client.write(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const at = typeof address === 'object' && address ? address.port : 0;
  return {
    // Straight to this wire, whatever name the server goes by, and soon told when it is dead.
    uri: `mongodb://127.0.0.1:${at}/?directConnection=true&serverSelectionTimeoutMS=200&heartbeatFrequencyMS=500`,
    commands,
    names: () => commands.map(nameOf),
    cutAt: (count, moment) => {
      left = count;
      when = moment;
      commands.length = 0;
    },
    holdAt: (count) => {
      left = count;
      commands.length = 0;
      return new Promise((resolve) => {
        hold = resolve;
      });
    },
    close: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
