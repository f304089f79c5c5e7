import { SingleBar } from 'cli-progress';

const TELL_EVERY_MS = 5000;

/** How far work over customers has come. */
export interface CustomersDone {
  readonly customers: number;
  readonly of: number;
}

/** A bar with rate and time left on a terminal, a plain line now and again elsewhere. */
export function customersProgress(): { update: (progress: CustomersDone) => void; stop: () => void } {
  const { stderr } = process;
  let began: { readonly at: number; readonly customers: number } | undefined;
  /** Customers a second since the first update. */
  const rate = (customers: number) => {
    began ??= { at: Date.now(), customers };
    return Math.round(((customers - began.customers) * 1000) / Math.max(1, Date.now() - began.at));
  };
  if (!stderr.isTTY) {
    const tell = nowAndAgain();
    return {
      update({ customers, of }) {
        const perSecond = rate(customers);
        tell(() => `${customers} of ${of} customers, ${perSecond} a second\n`);
      },
      stop: () => {},
    };
  }
  const bar = new SingleBar({
    stream: stderr,
    format: 'customers {bar} {percentage}% | {value} of {total} | {rate} customers/s | {eta_formatted} left',
    hideCursor: true,
  });
  return {
    update({ customers, of }) {
      if (!began) bar.start(of, customers, { rate: 0 });
      bar.update(customers, { rate: rate(customers) });
    },
    stop: () => bar.stop(),
  };
}

/** One line that counts on a terminal, a plain line now and again elsewhere: how much was read is known, and not how much there is. */
export function readingProgress(name: string): { read: (facts: number) => void; stop: () => void } {
  const { stderr } = process;
  const tell = nowAndAgain();
  return {
    read(facts) {
      if (stderr.isTTY) stderr.write(`\r${name}: ${facts} read`);
      else tell(() => `${name}: ${facts} read\n`);
    },
    stop: () => {
      if (stderr.isTTY) stderr.write('\r\u001b[K');
    },
  };
}

function nowAndAgain(): (line: () => string) => void {
  let toldAt = Date.now();
  return (line) => {
    if (Date.now() - toldAt < TELL_EVERY_MS) return;
    toldAt = Date.now();
    process.stderr.write(line());
  };
}
