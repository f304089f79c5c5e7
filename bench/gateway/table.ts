import { quantile, type Round } from './load.ts';
import type { Running } from './session.ts';
import type { Workload } from './workload.ts';

/** What was measured of one contender. */
export interface Row {
  readonly contender: Running;
  readonly rounds: (Round & { /** Subgraph fetches per client request. */ readonly fetchesEach: number })[];
  /** In ms, at the steady rate. */
  readonly latencies: readonly number[];
  readonly peakMb: number;
}

const COLUMNS = [
  'shared fetches',
  'requests / CPU s (least..most)',
  'x stock',
  'x Hive Rust',
  'of the limit',
  'fetches each',
  'requests / s',
  'p50 ms',
  'p99 ms',
];

/** Markdown. A contender is compared with Hive Gateway of the same sharing, where there is such a row. */
export function table(work: Workload, steadyPerSecond: number, rows: readonly Row[]): string {
  const median = (row: Row, of: (round: Row['rounds'][number]) => number) => quantile(row.rounds.map(of), 0.5);
  const rate = (row: Row | undefined) => row && median(row, (round) => round.perCpuSecond);
  const find = (key: string, sharing?: boolean) =>
    rows.find(({ contender }) => contender.key === key && (sharing === undefined || contender.sharing === sharing));
  const times = (own: number, other: number | undefined) => (other ? (own / other).toFixed(1) : '');

  const head = [
    `**${work.name}**: ${work.about}\n`,
    `| | ${COLUMNS.join(' | ')} | p50, p99 ms at ${steadyPerSecond}/s | load generator | peak RSS MB |`,
    `|---|${COLUMNS.map(() => '---|').join('')}---|---|---|`,
  ];
  const lines = rows.map((row) => {
    const { name, sharing } = row.contender;
    const own = rate(row) ?? Number.NaN;
    const all = row.rounds.map(({ perCpuSecond }) => perCpuSecond);
    const limit = rate(find('limit'));
    const cells = [
      name,
      sharing === undefined ? '' : sharing ? 'yes' : 'no',
      `${own.toFixed(0)} (${Math.min(...all).toFixed(0)}..${Math.max(...all).toFixed(0)})`,
      times(own, rate(find('stock'))),
      times(own, rate(find('hive-rust', sharing ?? true))),
      limit ? `${((100 * own) / limit).toFixed(0)} %` : '',
      median(row, (round) => round.fetchesEach).toFixed(1),
      median(row, (round) => round.perSecond).toFixed(0),
      median(row, (round) => round.p50Ms).toFixed(1),
      median(row, (round) => round.p99Ms).toFixed(1),
      `${quantile(row.latencies, 0.5).toFixed(1)}, ${quantile(row.latencies, 0.99).toFixed(1)}`,
      `${(100 * median(row, (round) => round.loadBusy)).toFixed(0)} %`,
      row.peakMb.toFixed(0),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [...head, ...lines].join('\n');
}
