import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { OperatorError } from '../kernel/errors.ts';

const CHUNK_BYTES = 65_536;

/** A file as it lies on the disk, compressed or not. */
export interface FileFacts {
  readonly sizeBytes: number;
  readonly gzipped: boolean;
}

function unreadable(path: string, problem: string): OperatorError {
  return new OperatorError('The file can not be ingested:', [`${path}: ${problem}`]);
}

/** Size and compression, told from the content and not from the name. What can't hold rows is refused with a remedy. */
export async function inspectFile(path: string, encoding: string): Promise<FileFacts> {
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    throw unreadable(path, `can't be opened (${(error as NodeJS.ErrnoException).code}). Give the path of a file that you may read.`);
  }
  try {
    const facts = await handle.stat();
    if (!facts.isFile())
      throw unreadable(path, 'is not a file. Name the files in the folder one by one, or with a pattern such as folder/*.csv.');
    const head = Buffer.alloc(4);
    const { bytesRead } = await handle.read(head, 0, 4, 0);
    const magic = head.subarray(0, bytesRead).toString('latin1');
    if (magic.startsWith('PK')) throw unreadable(path, 'is a ZIP archive or a spreadsheet (xlsx). Unpack it, or export the sheet as CSV.');
    if (/^(ÿþ|þÿ)/.test(magic) && !encoding.startsWith('utf-16'))
      throw unreadable(path, `is written in UTF-16. Set format.encoding to ${magic.startsWith('ÿ') ? 'utf-16le' : 'utf-16be'}.`);
    return { sizeBytes: facts.size, gzipped: magic.startsWith('\x1f\x8b') };
  } finally {
    await handle.close();
  }
}

/** The file's identity: size and SHA-256 of every byte, whatever its name. Reading it costs a hundredth of ingesting it. */
export async function fingerprint(path: string): Promise<string> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    hash.update(chunk as Buffer);
    sizeBytes += (chunk as Buffer).length;
  }
  return `${sizeBytes}-${hash.digest('hex')}`;
}

/** Tells whether the file was written to or replaced between two calls. */
export async function fileStamp(path: string): Promise<string> {
  const { ino, size, mtimeMs } = await stat(path);
  return `${ino} ${size} ${mtimeMs}`;
}

export function changed(path: string): OperatorError {
  return unreadable(path, 'changed while it was read. What was read of it is stored; run again when nobody writes to it.');
}

/** Refuses a compressed file that is damaged or incomplete. Damage reads as other values, and only the checksum at the end tells, so this comes before anything is stored. */
export async function checkCompressed(path: string, facts: FileFacts, signal?: AbortSignal): Promise<void> {
  if (!facts.gzipped) return;
  for await (const _ of readBytes(path, facts, () => {})) if (signal?.aborted) return;
}

/** The file's text in pieces, without a byte order mark. `onBytes` hears of every byte taken from the disk. */
export async function* readText(
  path: string,
  facts: FileFacts,
  encoding: string,
  onBytes: (count: number) => void,
): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of readBytes(path, facts, onBytes)) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}

async function* readBytes(path: string, { gzipped }: FileFacts, onBytes: (count: number) => void): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  file.on('data', (chunk) => onBytes(chunk.length));
  const bytes = gzipped ? file.pipe(createGunzip({ chunkSize: CHUNK_BYTES })) : file;
  // pipe() passes no errors on.
  if (bytes !== file) file.on('error', (error) => bytes.destroy(error));
  try {
    for await (const chunk of bytes) yield chunk as Buffer;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'Z_BUF_ERROR') throw unreadable(path, 'ends inside its compressed data. Get the whole file and run again.');
    if (code?.startsWith('Z_')) throw unreadable(path, 'has damaged compressed data. Get the file again and run again.');
    throw error;
  } finally {
    file.destroy();
  }
}
