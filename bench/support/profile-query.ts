import { readFileSync } from 'node:fs';

/** The README's profile query. */
export const PROFILE_QUERY = readFileSync(new URL('../../schema/operations/customer-profile.graphql', import.meta.url), 'utf8');
