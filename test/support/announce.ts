/** Says, before any test runs, which store it runs on: what is skipped should not pass for tested. */
export function setup(): void {
  console.log(
    process.env.MONGODB_URI
      ? 'MONGODB_URI is set: companies of tests live there, and the contract suite runs over the wire.'
      : 'MONGODB_URI is not set: the contract suite on MongoDB is SKIPPED (docs/decisions/0003-mongodb.md says how to run it).',
  );
}
