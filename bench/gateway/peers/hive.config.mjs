// Hive Gateway as it is for a user who adds nothing, with three things said: nothing is logged, equal client requests under way are each
// executed (its default too), and equal subgraph fetches under way are shared (its default) or not. HIVE_PLANNER, HIVE_SHARE_FETCHES.
const { HIVE_PLANNER: planner, HIVE_SHARE_FETCHES: share } = process.env;

export const gatewayConfig = {
  logging: false,
  inboundInflightRequestDeduplication: false,
  transportEntries: { '*.http': { options: { deduplicateInflightRequests: share === '1' } } },
  ...(planner === 'rust' && { unifiedGraphHandler: (await import('@graphql-hive/router-runtime')).unifiedGraphHandler }),
};
